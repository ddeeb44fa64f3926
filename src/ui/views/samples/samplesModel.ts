// What the view Samples holds of one run: the group shown, the recipe on trial, the replay buffer; and how they follow each other.

import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { readSettings, type Settings } from '../../../config/index.ts';
import type { GroupPlace } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';
import { firstToShow, samePlace } from '../../state/samples/buffer.ts';
import type { ClipRange } from '../../state/samples/heat.ts';
import { BufferModel } from './bufferModel.ts';
import { GroupModel } from './groupModel.ts';
import { LossModel } from './lossModel.ts';
import { TrialModel } from './trialModel.ts';

const FILTER_REST_MS = 200;
const FOLLOW_EVERY_MS = 3000;

export class SamplesModel {
  readonly runId: string;
  /** Those of the run; settings that are newer than it have their defaults. */
  readonly settings: ReadonlySignal<Settings>;
  readonly range: ReadonlySignal<ClipRange>;
  readonly group: GroupModel;
  readonly loss: LossModel;
  readonly trial: TrialModel;
  readonly buffer: BufferModel;
  /** Counts calls of `show`. */
  readonly shows: Signal<number> = signal(0);
  readonly #session: Session;

  constructor(session: Session, runId: string) {
    this.#session = session;
    this.runId = runId;
    this.settings = computed(() => {
      const record = session.runs.value.find((run) => run.id === runId);
      return readSettings(record ?? { settings: {} }).settings;
    });
    this.range = computed(() => ({
      low: this.settings.value.epsilon,
      high: this.settings.value.epsilon_high,
    }));
    this.group = new GroupModel(session, runId);
    this.loss = new LossModel(session, runId, this.group.place, this.settings.peek().loss_type);
    this.trial = new TrialModel(session, runId);
    this.buffer = new BufferModel(session, runId, this.settings);
  }

  /** Opens a stored group, and takes its batch for the trial. */
  open(place: GroupPlace): void {
    this.group.open(place);
    this.trial.step.value = place.step;
  }

  /** Opens the most instructive group, or the next one in that order. */
  async openInstructive(): Promise<void> {
    try {
      const places = await this.#session.inspector.instructive(this.runId);
      const shown = this.group.place.peek();
      const at = places.findIndex((place) => shown !== null && samePlace(place, shown));
      const next = places[(at + 1) % places.length];
      if (next) this.open(next);
    } catch (error) {
      this.#session.report(error);
    }
  }

  /** Opens a group from a table further down: the inspector comes into sight. */
  show(place: GroupPlace): void {
    this.open(place);
    this.shows.value += 1;
  }

  /** Keeps everything up to date while the view is shown; gives the way to end it. */
  watch(): () => void {
    const stops = [
      this.trial.watch(),
      this.loss.watch(),
      this.#watchFilter(),
      this.#watchRun(),
      effect(() => {
        void this.group.place.value;
        void this.group.under.value;
        untracked(() => void this.group.load());
      }),
      effect(() => {
        const { rows, steps } = this.buffer;
        const first = firstToShow(rows.value);
        const newest = steps.value.at(-1);
        untracked(() => {
          this.group.fallback.value ??= first;
          this.trial.step.value ??= first?.step ?? newest ?? null;
        });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #watchFilter(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    const stop = effect(() => {
      void this.buffer.filter.value;
      clearTimeout(timer);
      timer = setTimeout(() => void this.buffer.read(), first ? 0 : FILTER_REST_MS);
      first = false;
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }

  /** New batches join the first page; on other pages the rows would slip away under the reader's eyes. */
  #watchRun(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      void this.#session.shown.value.metricsRevision;
      timer ??= setTimeout(() => {
        timer = undefined;
        if (this.buffer.page.peek() === 0) void this.buffer.readNewer();
      }, FOLLOW_EVERY_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }
}

const models = new WeakMap<Session, SamplesModel>();

/** The model of the run on view; it outlives a look at another view. */
export function samplesModel(session: Session, runId: string): SamplesModel {
  const known = models.get(session);
  if (known?.runId === runId) return known;
  const model = new SamplesModel(session, runId);
  models.set(session, model);
  return model;
}
