// The page's session: what the workers say as signals, and what can be asked of them. Its parts lie in session/.

import { batch, type Signal, signal } from '@preact/signals';
import { PlaygroundError, toWireError } from '../protocol/errors.ts';
import type { DeviceReport, EvaluationEvent, StartRequest, TrainEvent } from '../protocol/messages.ts';
import type { RunRecord, StorageEstimate } from '../storage/types.ts';
import { Connections } from './session/connections.ts';
import { RunLibrary } from './session/library.ts';
import type { WorkerLinks } from './session/links.ts';
import { Notices } from './session/notices.ts';
import { RunCommands } from './session/runCommands.ts';
import { StoredEvaluations } from './session/storedEvaluations.ts';
import { StoredRuns } from './session/storedRuns.ts';
import { StoredSamples } from './session/storedSamples.ts';
import { type Alert, type AlertAction, alertOfWire } from './state/alerts.ts';
import { emptyRunView, isActive, type RunView, reduceEvents } from './state/runView.ts';

export type { StoreLink, TrainLink, WorkerLinks } from './session/links.ts';

type EventListener = (events: readonly TrainEvent[]) => void;

export class Session {
  readonly view: Signal<RunView> = signal(emptyRunView());
  readonly device: Signal<DeviceReport | null> = signal(null);
  readonly runs: Signal<readonly RunRecord[]>;
  readonly storage: Signal<StorageEstimate | null>;
  readonly alerts: Signal<readonly Alert[]>;
  readonly samples: StoredSamples;
  readonly evaluations: StoredEvaluations;
  /** A command is on its way; its buttons wait. */
  readonly busy: Signal<boolean> = signal(false);
  /** Names, tags, trash, files and curves of stored runs. */
  readonly library: RunLibrary;

  readonly #listeners = new Set<EventListener>();
  readonly #notices = new Notices();
  readonly #connections: Connections;
  readonly #stored: StoredRuns;
  readonly #commands: RunCommands;

  constructor(links: WorkerLinks) {
    this.#connections = new Connections(links, {
      events: (events) => this.#receive(events),
      storeDied: (error) => this.report(error),
      trainerDied: (error) => this.#mourn(error),
    });
    this.#stored = new StoredRuns(this.#connections);
    this.#commands = new RunCommands(this.#connections, this.#stored, this.view);
    this.library = new RunLibrary(this.#connections, this.#stored);
    this.runs = this.#stored.runs;
    this.samples = new StoredSamples(this.#connections, this.runs);
    this.evaluations = new StoredEvaluations(this.#connections);
    this.storage = this.#stored.storage;
    this.alerts = this.#notices.alerts;
  }

  /** Starts both workers, reads the stored runs, and offers to go on with an unfinished one. */
  async open(): Promise<void> {
    await this.refreshRuns();
    await this.#connections.trainer();
    const unfinished = this.runs.value.find((run) => run.status === 'running' || run.status === 'paused');
    if (unfinished) this.#offerResume(unfinished);
  }

  async describeDevice(engineChoice: string): Promise<DeviceReport> {
    const report = await this.#commands.describeDevice(engineChoice);
    this.device.value = report;
    return report;
  }

  start(request: StartRequest): Promise<string> {
    return this.#commands.start(request);
  }

  pause(): Promise<void> {
    return this.#commands.pause();
  }

  resume(): Promise<void> {
    return this.#commands.resume();
  }

  step(): Promise<void> {
    return this.#commands.step();
  }

  stop(): Promise<void> {
    return this.#commands.stop();
  }

  /** Clears the view for the next run. */
  newRun(): void {
    if (!isActive(this.view.value.phase)) this.view.value = emptyRunView();
  }

  /** Shows a stored run. */
  async openRun(runId: string): Promise<void> {
    this.view.value = await this.#stored.view(runId);
  }

  /** Goes on with a stored run from its newest checkpoint. */
  resumeRun(runId: string): Promise<string> {
    return this.#commands.goOn(runId);
  }

  /** Stores an evaluation and shows it where its run is on view. */
  async keepEvaluation(event: EvaluationEvent): Promise<void> {
    await this.evaluations.keep(event);
    if (this.view.value.runId === event.runId) this.view.value = reduceEvents(this.view.value, [event]);
  }

  exportBundle(runId: string): Promise<Uint8Array> {
    return this.#stored.exportBundle(runId);
  }

  importBundle(bytes: Uint8Array): Promise<string> {
    return this.#stored.importBundle(bytes);
  }

  /** A line of its own to the store for another worker. */
  async addStorePort(port: MessagePort): Promise<void> {
    await this.#connections.store.addPort(port);
  }

  refreshRuns(): Promise<void> {
    return this.#stored.refresh();
  }

  /** Calls `listener` with every batch of events; returns the way to end it. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs a command of the visitor: one at a time, errors become alerts. */
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

  report(error: unknown, actions: readonly AlertAction[] = []): void {
    this.#notices.report(error, actions);
  }

  /** A message that is no error. */
  inform(message: string, wayOn: string, actions: readonly AlertAction[] = []): void {
    this.#notices.inform(message, wayOn, actions);
  }

  dismiss(alertId: number): void {
    this.#notices.dismiss(alertId);
  }

  /** The train worker is gone: the next command starts another one; a run on view can be resumed. */
  #mourn(error: PlaygroundError): void {
    const { runId, phase } = this.view.value;
    const wasActive = isActive(phase);
    if (wasActive) this.view.value = { ...this.view.value, phase: 'failed', error: toWireError(error) };
    if (wasActive && runId !== null) {
      const wayOn = 'What was stored is safe, and the run can go on from its last checkpoint.';
      this.report(new PlaygroundError(error.code, error.message, wayOn, error.details), [
        { label: 'Resume from the last checkpoint', run: () => void this.act(() => this.resumeRun(runId)) },
      ]);
    } else this.report(error);
    // A program that listens learns of it as of any other failure.
    const wire = toWireError(error);
    this.#notify([
      { kind: 'error', runId: runId ?? '', error: wire },
      { kind: 'status', runId: runId ?? '', phase: 'failed', message: wire.message },
    ]);
  }

  #receive(events: readonly TrainEvent[]): void {
    const before = this.view.value;
    const next = reduceEvents(before, events);
    batch(() => {
      this.view.value = next;
      for (const event of events) if (event.kind === 'error') this.#notices.add(alertOfWire(event.error));
    });
    this.#notify(events);
    if (isActive(before.phase) && !isActive(next.phase))
      this.refreshRuns().catch((error) => this.report(error));
  }

  #notify(events: readonly TrainEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  #offerResume(run: RunRecord): void {
    this.inform(
      `The run “${run.name}” was interrupted.`,
      'It can go on from its last checkpoint, unless another tab is still training it.',
      [{ label: 'Resume it', run: () => void this.act(() => this.resumeRun(run.id)) }],
    );
  }
}
