// The page's session: what the workers say as signals, and what can be asked of them. Its parts lie in session/.

import { batch, computed, effect, type Signal, signal } from '@preact/signals';
import { asPlaygroundError, PlaygroundError, toWireError } from '../../base/errors.ts';
import { formatDuration } from '../../base/format.ts';
import type { Settings } from '../../config/index.ts';
import type {
  DeviceReport,
  EvaluationEvent,
  RunEstimate,
  StartRequest,
  TrainEvent,
} from '../../protocol/messages.ts';
import type { RunRecord, StorageEstimate } from '../../storage/types.ts';
import type { EngineIdentity } from '../../terms/origin.ts';
import { alertOfWire } from '../state/alerts.ts';
import type { Draft } from '../state/form/draft.ts';
import type { StartPoint } from '../state/form/startPoint.ts';
import { emptyRun, isActive, type RunState, reduceEvents } from '../state/run/runState.ts';
import { runNames } from '../state/runs/runNames.ts';
import { AutoResume } from './autoResume.ts';
import { Connections, type WorkerLinks } from './connections.ts';
import { RunLibrary } from './library.ts';
import { Notices } from './notices.ts';
import { heldRuns, OtherTabs } from './otherTabs.ts';
import { MAX_TRIES } from './retries.ts';
import { type GoOnOptions, RunStarter } from './runStarter.ts';
import { rememberViewedRun, viewedRun } from './tabMemory.ts';
import { untilSignal } from './untilSignal.ts';
import { watchRun } from './watchRun.ts';

/** A standstill that is worth a message. */
const AWAY_MS = 60_000;
/** Longer than the last event of a run takes behind the answer that it has stopped. */
const LAST_EVENT_MS = 5000;
const INSPECTOR_GONE =
  'Another one takes its place and is asked what waited for an answer; training is not touched.';

const NO_ENGINE: EngineIdentity = { backend: '', adapter: '', simd: null, threads: null };

/** What a view is given. */
export type ViewProps = { session: Session };

/** Messages of commands and workers are its own notices. */
export class Session extends Notices {
  readonly shown: Signal<RunState> = signal(emptyRun());
  /** The form: preset and settings of the next run. */
  readonly draft: Signal<Draft>;
  /** Of the form too: the stage after which the next run begins; null for a run that is trained whole. */
  readonly startPoint: Signal<StartPoint | null> = signal(null);
  readonly device: Signal<DeviceReport | null> = signal(null);
  readonly runs: Signal<readonly RunRecord[]>;
  /** By run id, each name once. */
  readonly names = computed(() => runNames(this.runs.value));
  /** The record of the run on view, where it is stored. */
  readonly record = computed(() => this.runs.value.find(({ id }) => id === this.shown.value.runId));
  /** Whether a run is in training here. */
  readonly training = computed(() => isActive(this.shown.value.phase));
  readonly storage: Signal<StorageEstimate | null>;
  /** A command is on its way; its buttons wait. */
  readonly busy: Signal<boolean> = signal(false);
  /** Names, tags, trash, files and evaluations of stored runs. */
  readonly library: RunLibrary;
  /** The workers; calls start them where need be. */
  readonly store: Connections['store'];
  readonly trainer: Connections['trainer'];
  readonly inspector: Connections['inspector'];

  readonly #listeners = new Set<(events: readonly TrainEvent[]) => void>();
  readonly #connections: Connections;
  readonly #starter: RunStarter;
  readonly #autoResume: AutoResume;
  readonly #tabs: OtherTabs;

  constructor(links: WorkerLinks, draft: Draft) {
    super();
    this.draft = signal(draft);
    this.#connections = new Connections(links, {
      events: (events) => this.#receive(events),
      storeDied: (error) => this.#onStoreDeath(error),
      trainerDied: (error) => this.#onTrainerDeath(error),
      inspectorDied: (error) => this.#informOfDeath(error, INSPECTOR_GONE),
    });
    this.store = this.#connections.store;
    this.trainer = this.#connections.trainer;
    this.inspector = this.#connections.inspector;
    this.#tabs = new OtherTabs(this.store);
    this.library = new RunLibrary(this.#connections);
    this.#starter = new RunStarter(this.#connections, this.library, this.shown);
    this.runs = this.library.runs;
    this.storage = this.library.storage;
    this.#autoResume = new AutoResume({
      shown: this.shown,
      connections: this.#connections,
      stored: this.library,
      starter: this.#starter,
      notices: this,
      viewedBefore: viewedRun(),
      act: (command) => this.act(command),
      watch: (runId) => this.#watch(runId),
    });
    const kept = computed(() => {
      const { runId, phase } = this.shown.value;
      return isActive(phase) || phase === 'watched' ? runId : null;
    });
    effect(() => rememberViewedRun(kept.value));
    // What went wrong with a run is no news of the next one.
    computed(() => this.shown.value.runId).subscribe(() => this.dismissOfRun());
    this.runs.subscribe(() => queueMicrotask(() => this.#autoResume.checkRoom()));
  }

  /** Starts both workers, reads the stored runs, and takes up the one that was interrupted; again where a worker dies meanwhile. */
  async open(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#takeUp();
      } catch (error) {
        if (tries === MAX_TRIES || asPlaygroundError(error).code !== 'worker-died') throw error;
      }
    }
  }

  async #takeUp(): Promise<void> {
    await this.library.refresh();
    await this.#connections.open();
    await this.#autoResume.takeUp();
  }

  async describeDevice(engineChoice: string): Promise<DeviceReport> {
    const report = await this.trainer.describeDevice(engineChoice);
    this.device.value = report;
    return report;
  }

  /** True for an error that the run under way has met too, and goes on after by itself. */
  mends(error: unknown): boolean {
    return this.#autoResume.mends(error);
  }

  /** Train workers beside the one of the run on view. */
  get workers(): Pick<Connections, 'newTrainer' | 'endTrainer'> {
    return this.#connections;
  }

  /** How long a run with these settings would take here; `measure` times a step where no stored run tells. */
  estimate(settings: Settings, measure: boolean): Promise<RunEstimate> {
    return this.trainer.estimate({ settings, engine: this.device.value ?? NO_ENGINE, measure });
  }

  start(request: StartRequest): Promise<string> {
    this.#begin();
    return this.#starter.start(request);
  }

  /** Resolves when the run has ended and the view says so: its last event has a line of its own, and may come after the answer. */
  async stop(): Promise<void> {
    await this.trainer.stop();
    await untilSignal(this.shown, ({ phase }) => !isActive(phase), LAST_EVENT_MS);
    await this.library.refresh();
  }

  /** Clears the view for the next run. */
  newRun(): void {
    if (isActive(this.shown.value.phase)) return;
    this.#tabs.endWatching();
    this.shown.value = emptyRun();
  }

  /** Ends the run in progress with a checkpoint, if there is one, and clears the view. Nothing that was stored is lost. */
  async reset(): Promise<void> {
    if (isActive(this.shown.value.phase)) await this.stop();
    this.newRun();
  }

  /** Shows a stored run; one that another tab trains is watched. */
  async openRun(runId: string): Promise<void> {
    this.#tabs.endWatching();
    if ((await heldRuns(this.store)).has(runId)) await this.#watch(runId);
    else this.shown.value = await this.library.state(runId);
  }

  /** Goes on with a stored run from its newest checkpoint; one that another tab trains is watched. */
  async resumeRun(runId: string, options: GoOnOptions = {}): Promise<string> {
    this.#begin();
    if (!options.driven && (await heldRuns(this.store)).has(runId)) {
      await this.#watch(runId);
      return runId;
    }
    return await this.#starter.goOn(runId, options);
  }

  /** Stores an evaluation and shows it where its run is on view. */
  async keepEvaluation(event: EvaluationEvent): Promise<void> {
    await this.library.keepEvaluation(event);
    if (this.shown.value.runId === event.runId) this.shown.value = reduceEvents(this.shown.value, [event]);
  }

  /** Calls `listener` with every batch of events; returns the way to end it. */
  subscribe(listener: (events: readonly TrainEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs a command of the user: one at a time, errors become alerts. */
  async act(command: () => Promise<unknown>): Promise<void> {
    if (this.busy.value) return;
    this.busy.value = true;
    try {
      await command();
    } catch (error) {
      this.report(error);
    } finally {
      this.busy.value = false;
    }
  }

  /** A command of the user: what was counted and watched before is over. */
  #begin(): void {
    this.dismissOfRun();
    this.#autoResume.forget();
    this.#tabs.endWatching();
  }

  #watch(runId: string): Promise<void> {
    const { shown } = this;
    return watchRun(runId, { shown, tabs: this.#tabs, stored: this.library }, () => {
      this.#autoResume.takeOver(runId).catch((error) => this.report(error));
    });
  }

  /** Where no other worker would come either, the error says what to do. */
  #informOfDeath(error: PlaygroundError, hint: string): void {
    if (error.code === 'not-loaded') this.report(error);
    else this.inform(error.message, hint);
  }

  #onStoreDeath(error: PlaygroundError): void {
    const { phase } = this.shown.value;
    if (!isActive(phase))
      this.#informOfDeath(error, 'What was stored is safe; the next command starts another one.');
    else if (this.#starter.driven) this.report(error);
  }

  /** The train worker is gone: a run in training is taken up again; else the next command starts another worker. */
  #onTrainerDeath(error: PlaygroundError): void {
    if (this.#autoResume.trainerDied(error)) return;
    const { runId, phase } = this.shown.value;
    const wasActive = isActive(phase);
    if (wasActive) this.shown.value = { ...this.shown.value, phase: 'failed', error: toWireError(error) };
    if (wasActive && runId !== null) {
      const hint = 'What was stored is safe, and the run can go on from its last checkpoint.';
      this.report(new PlaygroundError(error.code, error.message, hint, error.details), [
        { label: 'Resume from the last checkpoint', run: () => void this.act(() => this.resumeRun(runId)) },
      ]);
    } else this.#informOfDeath(error, 'No run was in training; the next command starts another one.');
    // A program that listens learns of it as of any other failure.
    this.#notify([
      { kind: 'error', runId: runId ?? '', error: toWireError(error) },
      { kind: 'status', runId: runId ?? '', phase: 'failed', message: error.message },
    ]);
  }

  #receive(events: readonly TrainEvent[]): void {
    const before = this.shown.value;
    const next = reduceEvents(before, events);
    batch(() => {
      this.shown.value = next;
      for (const event of events) this.#announce(event);
    });
    this.#tabs.publish(events);
    this.#notify(events);
    this.#autoResume.onEvents(events);
    if (isActive(before.phase) && !isActive(next.phase))
      this.library.refresh().catch((error) => this.report(error));
  }

  /** What is worth a message of its own. */
  #announce(event: TrainEvent): void {
    if (event.kind === 'error' && !this.#autoResume.takes(event.error))
      this.addOfRun(alertOfWire(event.error, this.#autoResume.actionsFor(event.error)));
    if (event.kind === 'progress' && (event.awayMs ?? 0) > AWAY_MS)
      this.inform(
        `Training stood still for ${formatDuration(event.awayMs ?? 0)}: the computer slept, or the browser held this tab.`,
        'The run has resumed.',
      );
  }

  #notify(events: readonly TrainEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }
}
