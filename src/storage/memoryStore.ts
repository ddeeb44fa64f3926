// The store in memory, for Node and tests: same behaviour as IdbStore, every value copied in and out.

import { exportRun } from './bundleExport.ts';
import { importRun } from './bundleImport.ts';
import { checkTensors, compareCheckpoints, compareText, thinned } from './checkpointOrder.ts';
import { deepCopy, roughBytes } from './copy.ts';
import { runExists, runNotFound } from './errors.ts';
import { groupByChunk } from './metricChunks.ts';
import { checkBatch, compareRows, indexRows, matchesQuery } from './samples.ts';
import type {
  Checkpoint,
  CheckpointManifest,
  EvaluationRecord,
  HeadsRecord,
  MetricRow,
  RunRecord,
  RunStore,
  SampleBatch,
  SampleIndexRow,
  SampleQuery,
  StorageEstimate,
} from './types.ts';

/** What one write does: a store holds what its changes have made, one after the other. */
export type Change =
  | { kind: 'run'; run: RunRecord }
  | { kind: 'deletion'; runId: string }
  | { kind: 'metrics'; runId: string; rows: readonly MetricRow[] }
  | { kind: 'samples'; batch: SampleBatch }
  | { kind: 'heads'; heads: HeadsRecord }
  | { kind: 'checkpoint'; checkpoint: Checkpoint }
  | { kind: 'evaluation'; evaluation: EvaluationRecord };

/** Where a change with large arrays is kept. */
export type Kept = {
  /** Null where it is damaged. */
  read(): Change | null;
  /** It is not needed any more. */
  drop?(): void;
};

/** Everything of one run. */
type RunData = {
  run: RunRecord;
  metrics: Map<number, MetricRow>;
  samples: Map<number, { rows: SampleIndexRow[]; kept: Kept }>;
  heads: Kept | null;
  checkpoints: Map<string, { manifest: CheckpointManifest; kept: Kept }>;
  evaluations: Map<string, EvaluationRecord>;
};

/** RunStore without a browser; rejects with the same errors as IdbStore. */
export class MemoryStore implements RunStore {
  private readonly runs = new Map<string, RunData>();

  /** Keeps a change that was found to be sound, and applies it. */
  protected commit(change: Change): void {
    const copy = deepCopy(change);
    this.apply(copy, { read: () => copy });
  }

  /** Takes a change into account; of its large arrays nothing is held but `kept`. */
  protected apply(change: Change, kept: Kept): void {
    switch (change.kind) {
      case 'run': {
        const run = deepCopy(change.run);
        const data = this.runs.get(run.id);
        const empty = { heads: null, metrics: new Map(), samples: new Map() };
        if (data) data.run = run;
        else this.runs.set(run.id, { run, ...empty, checkpoints: new Map(), evaluations: new Map() });
        break;
      }
      case 'deletion':
        for (const one of this.require(change.runId).checkpoints.values()) one.kept.drop?.();
        this.runs.delete(change.runId);
        break;
      case 'metrics':
        for (const row of change.rows) this.require(change.runId).metrics.set(row.step, deepCopy(row));
        break;
      case 'samples': {
        const { runId, step } = change.batch;
        this.require(runId).samples.set(step, { rows: indexRows(change.batch), kept });
        break;
      }
      case 'heads':
        this.require(change.heads.runId).heads = kept;
        break;
      case 'checkpoint':
        this.applyCheckpoint(deepCopy(change.checkpoint.manifest), kept);
        break;
      case 'evaluation': {
        const { runId, stage, step } = change.evaluation;
        const key = JSON.stringify([stage, step]);
        this.require(runId).evaluations.set(key, deepCopy(change.evaluation));
        break;
      }
    }
  }

  private applyCheckpoint(manifest: CheckpointManifest, kept: Kept): void {
    const { checkpoints } = this.require(manifest.runId);
    const replaced = checkpoints.get(manifest.id);
    checkpoints.set(manifest.id, { manifest, kept });
    replaced?.kept.drop?.();
    const manifests = [...checkpoints.values()].map((one) => one.manifest);
    for (const id of thinned(manifests, manifest.id)) {
      checkpoints.get(id)?.kept.drop?.();
      checkpoints.delete(id);
    }
  }

  async createRun(run: RunRecord): Promise<void> {
    if (this.runs.has(run.id)) throw runExists(run.id);
    this.commit({ kind: 'run', run });
  }

  async getRun(runId: string): Promise<RunRecord | null> {
    return deepCopy(this.runs.get(runId)?.run ?? null);
  }

  async listRuns(): Promise<RunRecord[]> {
    const runs = [...this.runs.values()].map(({ run }) => deepCopy(run));
    return runs.sort((a, b) => compareText(b.createdAt, a.createdAt) || compareText(a.id, b.id));
  }

  async updateRun(runId: string, patch: Partial<Omit<RunRecord, 'id'>>): Promise<void> {
    const { run } = this.require(runId);
    this.commit({
      kind: 'run',
      run: { ...run, updatedAt: new Date().toISOString(), ...patch, id: runId },
    });
  }

  async deleteRun(runId: string): Promise<void> {
    if (this.runs.has(runId)) this.commit({ kind: 'deletion', runId });
  }

  async appendMetrics(runId: string, rows: readonly MetricRow[]): Promise<void> {
    this.require(runId);
    this.commit({ kind: 'metrics', runId, rows: [...groupByChunk(rows).values()].flat() });
  }

  async readMetrics(runId: string): Promise<MetricRow[]> {
    const rows = [...(this.runs.get(runId)?.metrics.values() ?? [])];
    return deepCopy(rows.sort((a, b) => a.step - b.step));
  }

  async putSamples(batch: SampleBatch): Promise<void> {
    checkBatch(batch);
    this.require(batch.runId);
    this.commit({ kind: 'samples', batch });
  }

  async getSamples(runId: string, step: number): Promise<SampleBatch | null> {
    const found = this.runs.get(runId)?.samples.get(step)?.kept.read();
    return found?.kind === 'samples' ? deepCopy(found.batch) : null;
  }

  async sampleIndex(query: SampleQuery): Promise<SampleIndexRow[]> {
    const stored = [...(this.runs.get(query.runId)?.samples.values() ?? [])];
    const rows = stored.flatMap((batch) => batch.rows).filter((row) => matchesQuery(row, query));
    return deepCopy(rows.sort(compareRows(query)).slice(0, query.limit));
  }

  async putHeads(heads: HeadsRecord): Promise<void> {
    checkTensors(heads.tensors, 'The reward heads');
    this.require(heads.runId);
    this.commit({ kind: 'heads', heads });
  }

  async getHeads(runId: string): Promise<HeadsRecord | null> {
    const found = this.runs.get(runId)?.heads?.read();
    return found?.kind === 'heads' ? deepCopy(found.heads) : null;
  }

  async putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { runId, id } = checkpoint.manifest;
    checkTensors(checkpoint.tensors, `Checkpoint "${id}"`);
    this.require(runId);
    this.commit({ kind: 'checkpoint', checkpoint });
  }

  async listCheckpoints(runId: string): Promise<CheckpointManifest[]> {
    const checkpoints = [...(this.runs.get(runId)?.checkpoints.values() ?? [])];
    return deepCopy(checkpoints.map(({ manifest }) => manifest).sort(compareCheckpoints));
  }

  async getCheckpoint(runId: string, id: string): Promise<Checkpoint | null> {
    const found = this.runs.get(runId)?.checkpoints.get(id)?.kept.read();
    return found?.kind === 'checkpoint' ? deepCopy(found.checkpoint) : null;
  }

  async latestCheckpoint(runId: string): Promise<Checkpoint | null> {
    for (const { id } of (await this.listCheckpoints(runId)).reverse()) {
      const checkpoint = await this.getCheckpoint(runId, id);
      if (checkpoint) return checkpoint;
    }
    return null;
  }

  async putEvaluation(evaluation: EvaluationRecord): Promise<void> {
    this.require(evaluation.runId);
    this.commit({ kind: 'evaluation', evaluation });
  }

  async listEvaluations(runId: string): Promise<EvaluationRecord[]> {
    const evaluations = [...(this.runs.get(runId)?.evaluations.values() ?? [])];
    return deepCopy(evaluations.sort((a, b) => a.step - b.step || compareText(a.stage, b.stage)));
  }

  exportBundle(runId: string): Promise<Uint8Array> {
    return exportRun(this, runId);
  }

  importBundle(bytes: Uint8Array): Promise<string> {
    return importRun(this, bytes);
  }

  async estimate(): Promise<StorageEstimate> {
    let usageBytes = 0;
    for (const { run, metrics, samples, heads, checkpoints, evaluations } of this.runs.values()) {
      const kept = [...samples.values(), ...checkpoints.values()].map((one) => one.kept);
      const large = [...kept, ...(heads ? [heads] : [])].map((one) => one.read());
      usageBytes += roughBytes([run, [...metrics.values()], [...evaluations.values()], large]);
    }
    return { usageBytes, quotaBytes: Infinity, persisted: false };
  }

  private require(runId: string): RunData {
    const data = this.runs.get(runId);
    if (!data) throw runNotFound(runId);
    return data;
  }
}
