// The stored runs: their list, how full the store is, one of them as a state; names, tags, trash and files.

import { batch, type Signal, signal } from '@preact/signals';
import { PlaygroundError } from '../../base/errors.ts';
import { decodeEvaluation } from '../../protocol/decode.ts';
import type { EvaluationEvent } from '../../protocol/messages.ts';
import type { RunDetails } from '../../storage/idbDetails.ts';
import type { GroupPlace, Json, RunRecord, StorageEstimate } from '../../storage/types.ts';
import type { WorkProgress } from '../../storage/workerApi.ts';
import type { RunState } from '../state/run/runState.ts';
import { stateOfStoredRun } from '../state/run/stored.ts';
import type { Connections } from './connections.ts';

/** Long work in progress; `giveUp` ends it with nothing changed. */
export type StoreWork = { title: string; progress: WorkProgress | null; giveUp: () => void };

export class RunLibrary {
  /** Newest first. */
  readonly runs: Signal<readonly RunRecord[]> = signal([]);
  /** Deleted, and still there until they are deleted for good; newest first. */
  readonly trash: Signal<readonly RunRecord[]> = signal([]);
  readonly storage: Signal<StorageEstimate | null> = signal(null);
  /** By run id; read with `refreshDetails`. */
  readonly details: Signal<ReadonlyMap<string, RunDetails>> = signal(new Map());
  readonly work: Signal<StoreWork | null> = signal(null);

  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async refresh(): Promise<void> {
    const { store } = this.#connections;
    const [runs, storage] = await Promise.all([store.listRuns(), store.estimate()]);
    batch(() => {
      const sorted = [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      this.runs.value = sorted.filter(({ trashedAt }) => trashedAt === undefined);
      this.trash.value = sorted.filter(({ trashedAt }) => trashedAt !== undefined);
      this.storage.value = storage;
    });
  }

  /** @throws PlaygroundError `not-found` */
  async record(runId: string): Promise<RunRecord> {
    const run = await this.#connections.store.getRun(runId);
    if (run) return run;
    throw new PlaygroundError('not-found', 'This run is no longer stored.', 'Start a new one.', { runId });
  }

  /** A run that nobody trains here is at rest, whatever its record says. */
  async state(runId: string): Promise<RunState> {
    const { store } = this.#connections;
    const [run, metrics, evaluations, heads] = await Promise.all([
      this.record(runId),
      store.readMetrics(runId),
      store.listEvaluations(runId),
      store.getHeads(runId),
    ]);
    const phase = run.status === 'running' || run.status === 'paused' ? 'stopped' : run.status;
    const { message, failure } = run;
    return stateOfStoredRun({ id: runId, status: phase, message, metrics, evaluations, heads, failure });
  }

  async refreshDetails(): Promise<void> {
    const details = await this.#connections.store.listDetails();
    this.details.value = new Map(details.map((each) => [each.runId, each]));
  }

  async deleteForGood(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) await this.#connections.store.deleteRun(runId);
    await Promise.all([this.refresh(), this.refreshDetails()]);
  }

  bundle(runId: string, label: string): Promise<Uint8Array> {
    return this.#withWork(`Packing “${label}”`, (port) => this.#connections.store.exportRunFile(runId, port));
  }

  /** Resolves to the id of the imported run. */
  async importFile(file: File): Promise<string> {
    const runId = await this.#withWork(`Importing ${file.name}`, (port) =>
      this.#connections.store.importRunFile(file, port),
    );
    await Promise.all([this.refresh(), this.refreshDetails()]);
    return runId;
  }

  /** Imports a bundle; resolves to the id of its run. */
  async importBundle(bytes: Uint8Array): Promise<string> {
    const runId = await this.#connections.store.importBundle(bytes);
    await this.refresh();
    return runId;
  }

  /** Evaluations in the order of the run. */
  async evaluations(runId: string): Promise<EvaluationEvent[]> {
    const found = await this.#connections.store.listEvaluations(runId);
    return found.map((each) => decodeEvaluation(runId, each)).sort((a, b) => a.step - b.step);
  }

  async keepEvaluation({ kind: _, runId, ...evaluation }: EvaluationEvent): Promise<void> {
    const { stage, step } = evaluation;
    const report = evaluation as unknown as Json;
    await this.#connections.store.putEvaluation({ runId, stage, step, report });
  }

  /** Keeps the pinned groups of a run in its record. */
  async keepPins(runId: string, pins: readonly GroupPlace[]): Promise<void> {
    await this.#connections.store.updateRun(runId, { pins });
    this.runs.value = this.runs.value.map((run) => (run.id === runId ? { ...run, pins } : run));
  }

  /** The record moves no `updatedAt`: that is when the run itself went on last. */
  async update(runId: string, patch: Partial<Omit<RunRecord, 'id'>>): Promise<void> {
    const run = await this.#connections.store.getRun(runId);
    await this.#connections.store.updateRun(runId, {
      ...(run ? { updatedAt: run.updatedAt } : {}),
      ...patch,
    });
    await this.refresh();
  }

  async #withWork<Result>(title: string, start: (port: MessagePort) => Promise<Result>): Promise<Result> {
    if (this.work.value) {
      throw new PlaygroundError('busy', `${this.work.value.title} is not done yet.`, 'Wait, or give it up.');
    }
    const { port1, port2 } = new MessageChannel();
    const giveUp = () => port1.postMessage('give up');
    this.work.value = { title, progress: null, giveUp };
    port1.onmessage = ({ data }: MessageEvent<WorkProgress>) => {
      this.work.value = { title, progress: data, giveUp };
    };
    try {
      return await start(port2);
    } finally {
      port1.close();
      this.work.value = null;
    }
  }
}
