// The page's client of the two workers: starts them, joins them, keeps what they say in signals, survives their death.

import { batch, type Signal, signal } from '@preact/signals';
import type { Settings } from '../config/index.ts';
import { PlaygroundError, toWireError } from '../protocol/errors.ts';
import type { DeviceReport, StartRequest, TrainControl, TrainEvent } from '../protocol/messages.ts';
import type { RemoteConnection } from '../protocol/remote.ts';
import type { RunRecord, StorageEstimate } from '../storage/types.ts';
import type { StoreWorkerApi } from '../storage/workerApi.ts';
import type { LabLink } from './labClient.ts';
import {
  type Alert,
  type AlertAction,
  type AlertContent,
  addAlert,
  alertOfError,
  alertOfWire,
} from './state/alerts.ts';
import { emptyRunView, isActive, type RunView, reduceEvents } from './state/runView.ts';
import { viewOfStoredRun } from './state/stored.ts';

export type StoreLink = Pick<RemoteConnection<StoreWorkerApi>, 'api' | 'died' | 'markDead'>;
export type TrainLink = Pick<RemoteConnection<TrainControl>, 'api' | 'died' | 'markDead'>;

/** How the session gets its workers; tests and previews give their own. */
export type WorkerLinks = {
  openStore: () => StoreLink;
  openTrainer: () => TrainLink;
  openLab: () => LabLink;
};

type EventListener = (events: readonly TrainEvent[]) => void;

export class Session {
  readonly view: Signal<RunView> = signal(emptyRunView());
  readonly device: Signal<DeviceReport | null> = signal(null);
  readonly runs: Signal<readonly RunRecord[]> = signal([]);
  readonly storage: Signal<StorageEstimate | null> = signal(null);
  readonly alerts: Signal<readonly Alert[]> = signal([]);
  /** A command is on its way; its buttons wait. */
  readonly busy: Signal<boolean> = signal(false);

  readonly #links: WorkerLinks;
  readonly #listeners = new Set<EventListener>();
  #store: StoreLink | null = null;
  #trainer: Promise<TrainLink> | null = null;
  #alertCount = 0;

  constructor(links: WorkerLinks) {
    this.#links = links;
  }

  /** Starts both workers, reads the stored runs, and offers to go on with an unfinished one. */
  async open(): Promise<void> {
    await this.refreshRuns();
    await this.#openTrainer();
    const unfinished = this.runs.value.find((run) => run.status === 'running' || run.status === 'paused');
    if (unfinished) this.#offerResume(unfinished);
  }

  async describeDevice(engineChoice: string): Promise<DeviceReport> {
    const trainer = await this.#openTrainer();
    const report = await trainer.api.describeDevice(engineChoice);
    this.device.value = report;
    return report;
  }

  async start(request: StartRequest): Promise<string> {
    const trainer = await this.#openTrainer();
    const before = this.view.value;
    const resumed = request.resumeRunId;
    const view = resumed ? await this.#storedView(resumed) : emptyRunView();
    this.view.value = { ...view, phase: 'starting', message: '' };
    try {
      const { runId } = await trainer.api.start(request);
      const now = this.view.value;
      this.view.value = {
        ...now,
        runId,
        phase: now.phase === 'starting' ? 'running' : now.phase,
      };
      await this.refreshRuns();
      return runId;
    } catch (error) {
      this.view.value = { ...before, phase: isActive(before.phase) ? 'failed' : before.phase };
      throw error;
    }
  }

  async pause(): Promise<void> {
    await (await this.#openTrainer()).api.pause();
  }

  async resume(): Promise<void> {
    await (await this.#openTrainer()).api.resume();
  }

  async step(): Promise<void> {
    await (await this.#openTrainer()).api.step();
  }

  async stop(): Promise<void> {
    await (await this.#openTrainer()).api.stop();
    await this.refreshRuns();
  }

  /** Clears the view for the next run. */
  newRun(): void {
    if (!isActive(this.view.value.phase)) this.view.value = emptyRunView();
  }

  /** Shows a stored run. */
  async openRun(runId: string): Promise<void> {
    this.view.value = await this.#storedView(runId);
  }

  async resumeRun(runId: string): Promise<string> {
    const { api } = this.#openStore();
    const run = await api.getRun(runId);
    if (!run)
      throw new PlaygroundError('not-found', 'This run is no longer stored.', 'Start a new one.', { runId });
    // The worker takes the stored settings of a resumed run; these are sent for the form of the request alone.
    const settings = run.settings as Settings;
    return await this.start({ settings, preset: run.preset, name: run.name, resumeRunId: runId });
  }

  async removeRun(runId: string): Promise<void> {
    const { api } = this.#openStore();
    await api.deleteRun(runId);
    if (this.view.value.runId === runId && !isActive(this.view.value.phase)) this.view.value = emptyRunView();
    await this.refreshRuns();
  }

  async exportBundle(runId: string): Promise<Uint8Array> {
    return await this.#openStore().api.exportBundle(runId);
  }

  async importBundle(bytes: Uint8Array): Promise<string> {
    const runId = await this.#openStore().api.importBundle(bytes);
    await this.refreshRuns();
    return runId;
  }

  /** A line of its own to the store for another worker. */
  async addStorePort(port: MessagePort): Promise<void> {
    await this.#openStore().api.addPort(port);
  }

  async refreshRuns(): Promise<void> {
    const { api } = this.#openStore();
    const [runs, storage] = await Promise.all([api.listRuns(), api.estimate()]);
    batch(() => {
      this.runs.value = [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      this.storage.value = storage;
    });
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
    this.#addAlert(alertOfError(error, actions));
  }

  /** A message that is no error. */
  inform(message: string, wayOn: string, actions: readonly AlertAction[] = []): void {
    this.#addAlert({ tone: 'info', message, wayOn, details: '', actions });
  }

  dismiss(alertId: number): void {
    this.alerts.value = this.alerts.value.filter((alert) => alert.id !== alertId);
  }

  #addAlert(content: AlertContent): void {
    this.#alertCount += 1;
    this.alerts.value = addAlert(this.alerts.value, content, this.#alertCount);
  }

  #openStore(): StoreLink {
    if (this.#store) return this.#store;
    const link = this.#links.openStore();
    this.#store = link;
    link.died.then((error) => {
      this.#store = null;
      this.#trainer?.then((trainer) => trainer.markDead('its store has stopped'));
      this.report(error);
    });
    return link;
  }

  #openTrainer(): Promise<TrainLink> {
    this.#trainer ??= this.#connectTrainer();
    return this.#trainer;
  }

  async #connectTrainer(): Promise<TrainLink> {
    const link = this.#links.openTrainer();
    link.died.then((error) => this.#mourn(error));
    const store = new MessageChannel();
    const events = new MessageChannel();
    events.port1.onmessage = (message: MessageEvent<readonly TrainEvent[]>) => this.#receive(message.data);
    await this.#openStore().api.addPort(store.port1);
    await link.api.connect(store.port2, events.port2);
    return link;
  }

  /** The train worker is gone: the next command starts another one; a run on view can be resumed. */
  #mourn(error: PlaygroundError): void {
    this.#trainer = null;
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
      for (const event of events) if (event.kind === 'error') this.#addAlert(alertOfWire(event.error));
    });
    this.#notify(events);
    if (isActive(before.phase) && !isActive(next.phase))
      this.refreshRuns().catch((error) => this.report(error));
  }

  #notify(events: readonly TrainEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  async #storedView(runId: string): Promise<RunView> {
    const { api } = this.#openStore();
    const [run, metrics, evaluations, heads] = await Promise.all([
      api.getRun(runId),
      api.readMetrics(runId),
      api.listEvaluations(runId),
      api.getHeads(runId),
    ]);
    if (!run)
      throw new PlaygroundError('not-found', 'This run is no longer stored.', 'Start a new one.', { runId });
    const phase = run.status === 'running' ? 'stopped' : run.status === 'paused' ? 'stopped' : run.status;
    return viewOfStoredRun({ id: runId, status: phase, message: run.message, metrics, evaluations, heads });
  }

  #offerResume(run: RunRecord): void {
    this.inform(
      `The run “${run.name}” was interrupted.`,
      'It can go on from its last checkpoint, unless another tab is still training it.',
      [{ label: 'Resume it', run: () => void this.act(() => this.resumeRun(run.id)) }],
    );
  }
}
