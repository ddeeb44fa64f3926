// Keeps the probe over changes of the view: which models there are, which are chosen, and the address.

import { effect, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, PlaygroundError } from '../../../base/errors.ts';
import { Newest } from '../../../base/latest.ts';
import type { ReleasedModel } from '../../../protocol/inspector.ts';
import { viewOfHash } from '../../commands/viewNames.ts';
import type { Session } from '../../session/session.ts';
import { runNames } from '../../state/runs/runNames.ts';
import { addressOf, type ProbeAddress } from './address.ts';
import { Probe } from './probe.ts';
import {
  firstChoice,
  type ProbeSource,
  RELEASED,
  type SourceChoice,
  STORED,
  sourceChoices,
  sourceOfRelease,
  sourceOfRun,
} from './sources.ts';

const sessions = new WeakMap<Session, ProbeSession>();

export class ProbeSession {
  /** One per session, so that a question is still there when the user comes back to it. */
  static of(session: Session): ProbeSession {
    const probeSession = sessions.get(session) ?? new ProbeSession(session);
    sessions.set(session, probeSession);
    return probeSession;
  }

  readonly probe: Probe;
  /** Null until they are known. */
  readonly choices: Signal<readonly SourceChoice[] | null> = signal(null);
  readonly chosen: Signal<string | null> = signal(null);
  readonly problem: Signal<string | null> = signal(null);
  readonly #session: Session;
  readonly #latest = new Newest();
  #releases: readonly ReleasedModel[] | null = null;
  #asked: ProbeAddress | null = null;
  /** The user has chosen a model, or a link has. */
  #picked = false;
  /** The view has just been opened: the model may change to the run on view, but not under the eyes of a reader. */
  #opening = true;

  constructor(session: Session) {
    this.#session = session;
    this.probe = new Probe(session.inspector);
  }

  /** Reads the address now and whenever it changes, and keeps the question in it, until the returned function is called. */
  follow(): () => void {
    this.#opening = true;
    const read = (): void => {
      const asked = addressOf(location.hash);
      if (asked) void this.#open(asked);
    };
    read();
    addEventListener('hashchange', read);
    const stop = effect(() => {
      const hash = `#${this.probe.address.value}`;
      // Before the models are known the address is only read.
      if (!this.probe.source.value || viewOfHash(location.hash) !== 'probe') return;
      if (location.hash !== hash) history.replaceState(null, '', location.search + hash);
    });
    return () => {
      removeEventListener('hashchange', read);
      stop();
    };
  }

  /** Learns of new and vanished models; keeps the chosen one as long as it is there. */
  async refresh(): Promise<void> {
    const isNewest = this.#latest.begin();
    try {
      this.#releases ??= await this.#session.inspector.released();
      if (!isNewest()) return;
      const { runs } = this.#session;
      const stored = runs.value.filter(({ trashedAt }) => trashedAt === undefined);
      const names = runNames(stored);
      const named = stored.map(({ id, name }) => ({ id, name: names.get(id) ?? name }));
      const choices = sourceChoices(this.#releases, named);
      this.choices.value = choices;
      this.problem.value = null;
      const { value: chosen } = this.chosen;
      const isThere = choices.some(({ key }) => key === chosen);
      const kept = isThere && (this.#picked || !this.#opening);
      const first = kept ? chosen : await this.#firstChoice(choices);
      if (!isNewest()) return;
      this.#opening = false;
      if (first !== null && first !== chosen) {
        await this.#use(first);
      } else if (chosen !== null && isThere) {
        await this.#renew(chosen, isNewest);
      }
    } catch (error) {
      if (isNewest()) this.problem.value = asPlaygroundError(error).text;
    }
  }

  /** By the user. */
  async choose(key: string): Promise<void> {
    this.#picked = true;
    await this.#use(key);
  }

  async #use(key: string): Promise<void> {
    this.chosen.value = key;
    try {
      const source = await this.#source(key);
      if (this.chosen.value === key) await this.probe.use(source);
    } catch (error) {
      if (this.chosen.value === key) this.problem.value = asPlaygroundError(error).text;
    }
  }

  async retry(): Promise<void> {
    if (this.chosen.value !== null) await this.#use(this.chosen.value);
  }

  async #open(asked: ProbeAddress): Promise<void> {
    this.#asked = asked;
    this.probe.open(asked);
    const key = asked.model && RELEASED + asked.model;
    const known = this.choices.value?.some((choice) => choice.key === key) ?? false;
    if (key && known && key !== this.chosen.value) await this.choose(key);
    else await this.probe.read();
  }

  /** Of a run that is trained now, or was: its stages may have become more. */
  async #renew(chosen: string, isNewest: () => boolean): Promise<void> {
    if (!chosen.startsWith(STORED)) return;
    const source = await this.#source(chosen);
    const before = this.probe.source.value;
    const same = refsOf(source) === refsOf(before);
    if (isNewest() && !same && before?.key === source.key) this.probe.update(source);
  }

  async #firstChoice(choices: readonly SourceChoice[]): Promise<string | null> {
    const { runs, shown } = this.#session;
    const run = runs.value.find(({ id }) => id === shown.value.runId);
    const source = run && sourceOfRun(run, await this.#session.store.listCheckpoints(run.id));
    const onView = source && source.stages.length > 0 ? run.id : null;
    return firstChoice(choices, this.#asked?.model, onView);
  }

  async #source(key: string): Promise<ProbeSource> {
    const release = this.#releases?.find(({ name }) => RELEASED + name === key);
    if (release) return sourceOfRelease(release);
    const run = this.#session.runs.value.find(({ id }) => STORED + id === key);
    if (run) return sourceOfRun(run, await this.#session.store.listCheckpoints(run.id));
    const gone = key.startsWith(STORED) ? 'This run is no longer stored.' : 'This model is not here.';
    throw new PlaygroundError('not-found', gone, 'Choose another one.');
  }
}

function refsOf(source: ProbeSource | null): string {
  return JSON.stringify(source?.stages.map(({ ref }) => ref));
}
