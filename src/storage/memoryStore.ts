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

/** Everything of one run. */
type RunData = {
  run: RunRecord;
  metrics: Map<number, MetricRow>;
  samples: Map<number, SampleBatch>;
  heads: HeadsRecord | null;
  checkpoints: Map<string, Checkpoint>;
  evaluations: Map<string, EvaluationRecord>;
};

/** RunStore without a browser; rejects with the same errors as IdbStore. */
export class MemoryStore implements RunStore {
  private readonly runs = new Map<string, RunData>();

  async createRun(run: RunRecord): Promise<void> {
    if (this.runs.has(run.id)) throw runExists(run.id);
    this.runs.set(run.id, {
      run: deepCopy(run),
      metrics: new Map(),
      samples: new Map(),
      heads: null,
      checkpoints: new Map(),
      evaluations: new Map(),
    });
  }

  async getRun(runId: string): Promise<RunRecord | null> {
    return deepCopy(this.runs.get(runId)?.run ?? null);
  }

  async listRuns(): Promise<RunRecord[]> {
    const runs = [...this.runs.values()].map(({ run }) => deepCopy(run));
    return runs.sort((a, b) => compareText(b.createdAt, a.createdAt) || compareText(a.id, b.id));
  }

  async updateRun(runId: string, patch: Partial<Omit<RunRecord, 'id'>>): Promise<void> {
    const data = this.require(runId);
    data.run = { ...data.run, updatedAt: new Date().toISOString(), ...deepCopy(patch), id: runId };
  }

  async deleteRun(runId: string): Promise<void> {
    this.runs.delete(runId);
  }

  async appendMetrics(runId: string, rows: readonly MetricRow[]): Promise<void> {
    const groups = groupByChunk(rows);
    const { metrics } = this.require(runId);
    for (const row of [...groups.values()].flat()) metrics.set(row.step, deepCopy(row));
  }

  async readMetrics(runId: string): Promise<MetricRow[]> {
    const rows = [...(this.runs.get(runId)?.metrics.values() ?? [])];
    return deepCopy(rows.sort((a, b) => a.step - b.step));
  }

  async putSamples(batch: SampleBatch): Promise<void> {
    checkBatch(batch);
    this.require(batch.runId).samples.set(batch.step, deepCopy(batch));
  }

  async getSamples(runId: string, step: number): Promise<SampleBatch | null> {
    return deepCopy(this.runs.get(runId)?.samples.get(step) ?? null);
  }

  async sampleIndex(query: SampleQuery): Promise<SampleIndexRow[]> {
    const rows = [...(this.runs.get(query.runId)?.samples.values() ?? [])].flatMap(indexRows);
    return rows
      .filter((row) => matchesQuery(row, query))
      .sort(compareRows(query))
      .slice(0, query.limit);
  }

  async putHeads(heads: HeadsRecord): Promise<void> {
    checkTensors(heads.tensors, 'The reward heads');
    this.require(heads.runId).heads = deepCopy(heads);
  }

  async getHeads(runId: string): Promise<HeadsRecord | null> {
    return deepCopy(this.runs.get(runId)?.heads ?? null);
  }

  async putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { runId, id } = checkpoint.manifest;
    checkTensors(checkpoint.tensors, `Checkpoint "${id}"`);
    const { checkpoints } = this.require(runId);
    checkpoints.set(id, deepCopy(checkpoint));
    const manifests = [...checkpoints.values()].map(({ manifest }) => manifest);
    for (const surplus of thinned(manifests, id)) checkpoints.delete(surplus);
  }

  async listCheckpoints(runId: string): Promise<CheckpointManifest[]> {
    const checkpoints = [...(this.runs.get(runId)?.checkpoints.values() ?? [])];
    return deepCopy(checkpoints.map(({ manifest }) => manifest).sort(compareCheckpoints));
  }

  async getCheckpoint(runId: string, id: string): Promise<Checkpoint | null> {
    return deepCopy(this.runs.get(runId)?.checkpoints.get(id) ?? null);
  }

  async latestCheckpoint(runId: string): Promise<Checkpoint | null> {
    const newest = (await this.listCheckpoints(runId)).at(-1);
    return newest ? this.getCheckpoint(runId, newest.id) : null;
  }

  async putEvaluation(evaluation: EvaluationRecord): Promise<void> {
    const { evaluations } = this.require(evaluation.runId);
    evaluations.set(JSON.stringify([evaluation.stage, evaluation.step]), deepCopy(evaluation));
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
      const parts = [run, [...metrics.values()], [...samples.values()], heads];
      usageBytes += roughBytes([...parts, [...checkpoints.values()], [...evaluations.values()]]);
    }
    return { usageBytes, quotaBytes: Infinity, persisted: false };
  }

  private require(runId: string): RunData {
    const data = this.runs.get(runId);
    if (!data) throw runNotFound(runId);
    return data;
  }
}
