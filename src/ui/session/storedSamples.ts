// What is stored of the samples of a run besides the batches: their index, the checkpoints they are held against, the pins.

import type { Signal } from '@preact/signals';
import type {
  CheckpointManifest,
  GroupPlace,
  RunRecord,
  SampleIndexRow,
  SampleQuery,
} from '../../storage/types.ts';
import type { Connections } from './connections.ts';

export class StoredSamples {
  readonly #connections: Connections;
  readonly #runs: Signal<readonly RunRecord[]>;

  constructor(connections: Connections, runs: Signal<readonly RunRecord[]>) {
    this.#connections = connections;
    this.#runs = runs;
  }

  index(query: SampleQuery): Promise<SampleIndexRow[]> {
    return this.#connections.store.sampleIndex(query);
  }

  checkpoints(runId: string): Promise<CheckpointManifest[]> {
    return this.#connections.store.listCheckpoints(runId);
  }

  /** Keeps the pinned groups of a run in its record. */
  async keepPins(runId: string, pins: readonly GroupPlace[]): Promise<void> {
    await this.#connections.store.updateRun(runId, { pins });
    this.#runs.value = this.#runs.value.map((run) => (run.id === runId ? { ...run, pins } : run));
  }
}
