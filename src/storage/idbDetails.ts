// What a list of runs shows beside their records: evaluations, checkpoints, and about how much room each takes.

import { compareCheckpoints, compareText } from './checkpointOrder.ts';
import { transact } from './connection.ts';
import { roughBytes } from './copy.ts';
import { type Database, prefixRange } from './schema.ts';
import type { CheckpointManifest, EvaluationRecord } from './types.ts';

export type RunDetails = {
  runId: string;
  /** By step. */
  evaluations: readonly EvaluationRecord[];
  /** Oldest first. */
  checkpoints: readonly (Pick<CheckpointManifest, 'id' | 'stage' | 'step' | 'kind'> & { bytes: number })[];
  /** Estimate: checkpoints as they are; metrics and samples are counted, each at the size of one record. */
  bytes: number;
};

/** Details of every stored run. Large records are not read: only one batch of samples and one chunk of metrics per run. */
export function readDetails(db: Database): Promise<RunDetails[]> {
  const names = ['runs', 'metrics', 'samples', 'checkpoints', 'evaluations'] as const;
  return transact(db, names, 'readonly', async (transaction) => {
    const [runIds, checkpoints, evaluations] = await Promise.all([
      transaction.objectStore('runs').getAllKeys(),
      transaction.objectStore('checkpoints').getAll(),
      transaction.objectStore('evaluations').getAll(),
    ]);
    const countedBytes = async (name: 'metrics' | 'samples', runId: string): Promise<number> => {
      const store = transaction.objectStore(name);
      const range = prefixRange(runId);
      const [count, first] = await Promise.all([store.count(range), store.get(range)]);
      return count * (first ? roughBytes(first) : 0);
    };
    return await Promise.all(
      runIds.map(async (runId) => {
        const own = checkpoints.filter((record) => record.runId === runId);
        own.sort((a, b) => compareCheckpoints(a.manifest, b.manifest));
        const ofRun = evaluations.filter((record) => record.runId === runId);
        ofRun.sort((a, b) => a.step - b.step || compareText(a.stage, b.stage));
        const counted = await Promise.all([countedBytes('metrics', runId), countedBytes('samples', runId)]);
        return {
          runId,
          evaluations: ofRun,
          checkpoints: own.map(({ manifest: { id, stage, step, kind }, bytes }) => ({
            id,
            stage,
            step,
            kind,
            bytes,
          })),
          bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) + counted[0] + counted[1],
        };
      }),
    );
  });
}
