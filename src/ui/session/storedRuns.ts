// The runs that are stored: their list, how full the store is, and one of them as a view.

import { batch, type Signal, signal } from '@preact/signals';
import { PlaygroundError } from '../../base/errors.ts';
import type { RunRecord, StorageEstimate } from '../../storage/types.ts';
import type { RunState } from '../state/run/runState.ts';
import { stateOfStoredRun } from '../state/run/stored.ts';
import type { Connections } from './connections.ts';

export class StoredRuns {
  /** Newest first. */
  readonly runs: Signal<readonly RunRecord[]> = signal([]);
  /** Deleted, and still there until they are deleted for good; newest first. */
  readonly trash: Signal<readonly RunRecord[]> = signal([]);
  readonly storage: Signal<StorageEstimate | null> = signal(null);
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
}
