// A run with something of everything, and all that a store holds of a run.

import type { RunStore } from '../../src/storage/types.ts';
import { makeBatch, makeCheckpoint, makeEvaluation, makeHeads, makeRow, makeRun } from './records.ts';

/** A run with something of everything. */
export async function fill(store: RunStore, id: string): Promise<void> {
  await store.createRun(makeRun(id));
  await store.appendMetrics(id, [makeRow(1), makeRow(2, { kl: 1e-7, 'a,"b"': Infinity }), makeRow(90)]);
  await store.putSamples(makeBatch(id, 1));
  await store.putSamples(makeBatch(id, 6));
  await store.putHeads(makeHeads(id));
  await store.putCheckpoint(makeCheckpoint(id, 2));
  await store.putCheckpoint(makeCheckpoint(id, 4, 'stage-end'));
  await store.putEvaluation(makeEvaluation(id, 'sft', 1));
}

/** All that is stored of a run, under another id if one is given. */
export async function snapshot(store: RunStore, runId: string, as = runId): Promise<unknown> {
  const rename = <T extends { runId: string }>(record: T | null) => record && { ...record, runId: as };
  const index = await store.sampleIndex({ runId });
  const steps = [...new Set(index.map(({ step }) => step))];
  const manifests = await store.listCheckpoints(runId);
  const checkpoints = await Promise.all(manifests.map(({ id }) => store.getCheckpoint(runId, id)));
  return {
    run: { ...(await store.getRun(runId)), id: as },
    metrics: await store.readMetrics(runId),
    index: index.map(rename),
    samples: await Promise.all(steps.map(async (step) => rename(await store.getSamples(runId, step)))),
    heads: rename(await store.getHeads(runId)),
    checkpoints: checkpoints.map(
      (found) => found && { manifest: rename(found.manifest), tensors: found.tensors },
    ),
    evaluations: (await store.listEvaluations(runId)).map(rename),
  };
}
