// The store over IndexedDB: what `store.worker` serves. Each method is one transaction unless it says otherwise.

import { exportRun } from './bundleExport.ts';
import { importRun } from './bundleImport.ts';
import { checkTensors, compareText } from './checkpointOrder.ts';
import { Connection, type ConnectionOptions, putOfRun, requireRun, transact } from './connection.ts';
import { deepCopy } from './copy.ts';
import { curveOfChunks, type LatestMetrics, latestOfChunks, type StoredCurve } from './curves.ts';
import { runExists, runNotFound } from './errors.ts';
import * as checkpoints from './idbCheckpoints.ts';
import { type RunDetails, readDetails } from './idbDetails.ts';
import { putSamples, readSampleIndex } from './idbSamples.ts';
import { chunkRows, groupByChunk, mergeIntoChunk } from './metricChunks.ts';
import { metricsDigest } from './metricsDigest.ts';
import { currentBatch, currentRun } from './olderRecords.ts';
import { ALL_STORES, prefixRange } from './schema.ts';
import type {
  Checkpoint,
  CheckpointManifest,
  EvaluationRecord,
  HeadsRecord,
  MetricRow,
  QueueRecord,
  RunRecord,
  RunStore,
  SampleBatch,
  SampleIndexRow,
  SampleQuery,
  StorageEstimate,
} from './types.ts';

/**
 * RunStore in the browser. The database is opened at the first call.
 * Every method may reject with a StorageError: `storage-unavailable`, or `disk-full` where it writes;
 * writes into a run that is not stored reject with `not-found`.
 */
export class IdbStore implements RunStore {
  private readonly connection: Connection;
  /** Checkpoints are written one after the other, because thinning clears what no manifest names. */
  private lastCheckpoint: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionOptions = {}) {
    this.connection = new Connection(options);
  }

  createRun(run: RunRecord): Promise<void> {
    return this.connection.use(`the run "${run.id}"`, (db) =>
      transact(db, ['runs'], 'readwrite', async (transaction) => {
        const store = transaction.objectStore('runs');
        if ((await store.getKey(run.id)) !== undefined) throw runExists(run.id);
        await store.put(deepCopy(run));
      }),
    );
  }

  getRun(runId: string): Promise<RunRecord | null> {
    return this.connection.use(`the run "${runId}"`, async (db) => {
      const stored = await db.get('runs', runId);
      return stored ? currentRun(stored) : null;
    });
  }

  /** Newest first. */
  listRuns(): Promise<RunRecord[]> {
    return this.connection.use('the list of runs', async (db) => {
      const runs = await db.getAll('runs');
      return runs
        .map(currentRun)
        .sort((a, b) => compareText(b.createdAt, a.createdAt) || compareText(a.id, b.id));
    });
  }

  /** Also sets `updatedAt` to now, unless the patch sets it. */
  updateRun(runId: string, patch: Partial<Omit<RunRecord, 'id'>>): Promise<void> {
    return this.connection.use(`the run "${runId}"`, (db) =>
      transact(db, ['runs'], 'readwrite', async (transaction) => {
        const store = transaction.objectStore('runs');
        const run = await store.get(runId);
        if (!run) throw runNotFound(runId);
        await store.put({
          ...currentRun(run),
          updatedAt: new Date().toISOString(),
          ...deepCopy(patch),
          id: runId,
        });
      }),
    );
  }

  /** Deletes the run with all that belongs to it; a run that is not stored is no error. */
  deleteRun(runId: string): Promise<void> {
    return this.connection.use(`the run "${runId}"`, (db) =>
      transact(db, ALL_STORES, 'readwrite', async (transaction) => {
        await Promise.all(
          ALL_STORES.map((name) => {
            const plainKey = name === 'runs' || name === 'heads';
            const keys = plainKey ? IDBKeyRange.only(runId) : prefixRange(runId);
            return transaction.objectStore(name).delete(keys);
          }),
        );
      }),
    );
  }

  async appendMetrics(runId: string, rows: readonly MetricRow[]): Promise<void> {
    const groups = groupByChunk(rows);
    await this.connection.use(`the metrics of run "${runId}"`, (db) =>
      transact(db, ['runs', 'metrics'], 'readwrite', async (transaction) => {
        await requireRun(transaction, runId);
        const store = transaction.objectStore('metrics');
        for (const [chunk, group] of groups) {
          await store.put(mergeIntoChunk(await store.get([runId, chunk]), runId, chunk, group));
        }
      }),
    );
  }

  readMetrics(runId: string, only?: readonly string[]): Promise<MetricRow[]> {
    return this.connection.use(`the metrics of run "${runId}"`, async (db) =>
      (await db.getAll('metrics', prefixRange(runId))).flatMap((chunk) => chunkRows(chunk, only)),
    );
  }

  /** One metric of the run as columns. */
  readCurve(runId: string, metric: string): Promise<StoredCurve> {
    return this.connection.use(`the metrics of run "${runId}"`, async (db) =>
      curveOfChunks(await db.getAll('metrics', prefixRange(runId)), metric),
    );
  }

  latestMetrics(runId: string): Promise<LatestMetrics> {
    return this.connection.use(`the metrics of run "${runId}"`, async (db) =>
      latestOfChunks(await db.getAll('metrics', prefixRange(runId))),
    );
  }

  async digestOf(runId: string): Promise<string> {
    return metricsDigest(await this.readMetrics(runId));
  }

  listQueues(): Promise<QueueRecord[]> {
    return this.connection.use('the list of plans', async (db) => {
      const queues = await db.getAll('queues');
      return queues.sort((a, b) => compareText(b.createdAt, a.createdAt));
    });
  }

  async putQueue(queue: QueueRecord): Promise<void> {
    await this.connection.use('the queue of the plan', (db) => db.put('queues', deepCopy(queue)));
  }

  deleteQueue(id: string): Promise<void> {
    return this.connection.use('the queue of the plan', (db) => db.delete('queues', id));
  }

  /** Of every run; see RunDetails. */
  listDetails(): Promise<RunDetails[]> {
    return this.connection.use('the list of runs', readDetails);
  }

  putSamples(batch: SampleBatch): Promise<void> {
    return this.connection.use(`the samples of step ${batch.step}`, (db) => putSamples(db, batch));
  }

  getSamples(runId: string, step: number): Promise<SampleBatch | null> {
    return this.connection.use(`the samples of step ${step}`, async (db) => {
      const stored = await db.get('samples', [runId, step]);
      return stored ? currentBatch(stored) : null;
    });
  }

  sampleIndex(query: SampleQuery): Promise<SampleIndexRow[]> {
    return this.connection.use('the list of samples', (db) => readSampleIndex(db, query));
  }

  /** One record per run: heads trained again replace the older ones. */
  async putHeads(heads: HeadsRecord): Promise<void> {
    checkTensors(heads.tensors, 'The reward heads');
    await this.connection.use('the reward heads', (db) => putOfRun(db, 'heads', heads));
  }

  getHeads(runId: string): Promise<HeadsRecord | null> {
    return this.connection.use('the reward heads', async (db) => (await db.get('heads', runId)) ?? null);
  }

  /** Several transactions (see idbCheckpoints.ts). */
  putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { id } = checkpoint.manifest;
    const put = this.lastCheckpoint.then(() =>
      this.connection.use(`checkpoint "${id}"`, (db) => checkpoints.putCheckpoint(db, checkpoint)),
    );
    this.lastCheckpoint = put.catch(() => undefined);
    return put;
  }

  /** Oldest first. */
  listCheckpoints(runId: string): Promise<CheckpointManifest[]> {
    return this.connection.use('the list of checkpoints', (db) => checkpoints.listCheckpoints(db, runId));
  }

  getCheckpoint(runId: string, id: string): Promise<Checkpoint | null> {
    return this.connection.use(`checkpoint "${id}"`, (db) => checkpoints.getCheckpoint(db, runId, id));
  }

  latestCheckpoint(runId: string): Promise<Checkpoint | null> {
    return this.connection.use('the newest checkpoint', (db) => checkpoints.latestCheckpoint(db, runId));
  }

  putEvaluation(evaluation: EvaluationRecord): Promise<void> {
    return this.connection.use(`the evaluation after ${evaluation.stage}`, (db) =>
      putOfRun(db, 'evaluations', evaluation),
    );
  }

  /** By step. */
  listEvaluations(runId: string): Promise<EvaluationRecord[]> {
    return this.connection.use('the evaluations', async (db) => {
      const evaluations = await db.getAll('evaluations', prefixRange(runId));
      return evaluations.sort((a, b) => a.step - b.step || compareText(a.stage, b.stage));
    });
  }

  exportBundle(runId: string): Promise<Uint8Array> {
    return exportRun(this, runId);
  }

  importBundle(bytes: Uint8Array): Promise<string> {
    return importRun(this, bytes);
  }

  async estimate(): Promise<StorageEstimate> {
    // A browser may refuse to tell (private windows); the store works all the same.
    const [{ usage = 0, quota = 0 }, persisted] = await Promise.all([
      navigator.storage?.estimate().catch((): { usage?: number; quota?: number } => ({})) ?? {},
      navigator.storage?.persisted?.().catch(() => false) ?? false,
    ]);
    return { usageBytes: usage, quotaBytes: quota, persisted };
  }

  /** Removes pieces of checkpoints whose writing never ended; resolves to their number. */
  removeOrphans(olderThanMs?: number): Promise<number> {
    return this.connection.use('left-over pieces', (db) => checkpoints.removeOrphans(db, olderThanMs));
  }

  /** Lets go of the database; the next call opens it again. */
  close(): Promise<void> {
    return this.connection.close();
  }
}
