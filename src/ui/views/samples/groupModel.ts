// The group that the inspector shows: the live one, or a stored one that the inspector reads, with its ratios under a checkpoint.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, type PlaygroundError } from '../../../base/errors.ts';
import { Newest } from '../../../base/latest.ts';
import type { StoredGroup } from '../../../protocol/inspector.ts';
import type { GroupEvent } from '../../../protocol/messages.ts';
import type { CheckpointManifest, GroupPlace } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';
import { samePlace } from '../../state/samples/buffer.ts';
import type { Heat } from '../../state/samples/heat.ts';

/** Which checkpoint the ratios are under: the newest one, or one by id. */
export type Under = 'newest' | { id: string };

export class GroupModel {
  readonly runId: string;
  /** What the user opened; null: the latest one. */
  readonly opened: Signal<GroupPlace | null> = signal(null);
  /** Shown where nothing is opened and nothing is live. */
  readonly fallback: Signal<GroupPlace | null> = signal(null);
  readonly live: ReadonlySignal<GroupEvent | null>;
  /** The stored group to show; null while the live one is shown. */
  readonly place: ReadonlySignal<GroupPlace | null>;
  readonly stored: Signal<StoredGroup | null> = signal(null);
  readonly error: Signal<PlaygroundError | null> = signal(null);
  readonly loading: Signal<'no' | 'group' | 'ratios'> = signal('no');
  readonly heat: Signal<Heat> = signal('push');
  readonly under: Signal<Under> = signal('newest');
  /** Newest first. */
  readonly checkpoints: Signal<readonly CheckpointManifest[]> = signal([]);
  /** The checkpoint that the shown ratios are under. */
  readonly ratiosUnder: Signal<CheckpointManifest | null> = signal(null);

  readonly #session: Session;
  readonly #questions = new Newest();

  constructor(session: Session, runId: string) {
    this.#session = session;
    this.runId = runId;
    this.live = computed(() => {
      const { group } = session.shown.value;
      return group?.runId === runId ? group : null;
    });
    this.place = computed(() => this.opened.value ?? (this.live.value ? null : this.fallback.value));
  }

  open(place: GroupPlace): void {
    this.opened.value = { step: place.step, group: place.group };
  }

  /** Back to the latest group. */
  follow(): void {
    this.opened.value = null;
  }

  /** Reads the group of `place`; answers to older questions are dropped. First the group itself, then its ratios. */
  async load(): Promise<void> {
    const place = this.place.value;
    const isNewest = this.#questions.begin();
    this.error.value = null;
    if (!place) {
      this.stored.value = null;
      this.loading.value = 'no';
      return;
    }
    const same = this.stored.value !== null && samePlace(this.stored.value, place);
    if (!same) this.stored.value = null;
    this.loading.value = same ? 'ratios' : 'group';
    try {
      const { inspector } = this.#session;
      const request = { runId: this.runId, ...place };
      if (!same) {
        const group = await inspector.group({ ...request, ratioUnder: null });
        if (!isNewest()) return;
        this.stored.value = group;
        this.loading.value = 'ratios';
      }
      const checkpoints = await this.#session.store.listCheckpoints(this.runId);
      if (!isNewest()) return;
      // The store lists the oldest first.
      const newestFirst = [...checkpoints].reverse();
      this.checkpoints.value = newestFirst;
      const manifest = this.#chosen(newestFirst);
      if (manifest) {
        const ratioUnder = { kind: 'stored' as const, runId: this.runId, checkpointId: manifest.id };
        const group = await inspector.group({ ...request, ratioUnder });
        if (!isNewest()) return;
        this.stored.value = group;
      }
      this.ratiosUnder.value = manifest;
    } catch (error) {
      if (isNewest()) this.error.value = asPlaygroundError(error);
    } finally {
      if (isNewest()) this.loading.value = 'no';
    }
  }

  #chosen(newestFirst: readonly CheckpointManifest[]): CheckpointManifest | null {
    const wanted = this.under.value;
    const found = wanted === 'newest' ? undefined : newestFirst.find(({ id }) => id === wanted.id);
    return found ?? newestFirst[0] ?? null;
  }
}
