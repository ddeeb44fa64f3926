// What the stages hand on: the reference of each RL stage, the frozen vision prefix, heads from SFT weights, no trace of evaluation.

import { expect, test } from 'vitest';
import type { Checkpoint } from '../../src/storage/index.ts';
import { fingerprint, RUN_ID, snapshot, type TinyResult, tinySettings, trainTiny } from './harness.ts';

async function stageEnds({ store }: TinyResult): Promise<{ [stage: string]: Checkpoint['tensors'] }> {
  const manifests = (await store.listCheckpoints(RUN_ID)).filter(({ kind }) => kind === 'stage-end');
  const checkpoints = await Promise.all(manifests.map(({ id }) => store.getCheckpoint(RUN_ID, id)));
  return Object.fromEntries(manifests.map(({ stage }, i) => [stage, checkpoints[i]?.tensors ?? {}]));
}

/** Names of the parameters that differ, without their prefix. */
function changed(before: Checkpoint['tensors'], after: Checkpoint['tensors'], prefix: string): string[] {
  return Object.keys(after)
    .filter((name) => name.startsWith(prefix) && !/\.(first|second)\./.test(name))
    .filter((name) => fingerprint(before[name].data) !== fingerprint(after[name].data))
    .map((name) => name.slice(prefix.length));
}

test('the divergence is measured from the policy at the start of each RL stage', async () => {
  const { store } = await trainTiny({ settings: tinySettings({ evaluate: false, minibatches: 1 }) });
  const rows = await store.readMetrics(RUN_ID);
  for (const stage of ['stage1', 'stage2']) {
    const kl = rows.filter((row) => row.stage === stage).map(({ values }) => values.kl);
    expect(kl[0]).toBeLessThan(1e-9);
    expect(kl[3]).toBeGreaterThan(1e-6);
  }
  const ends = await stageEnds({ store, events: [], result: 'done' });
  const policyAfterStage1 = Object.entries(ends.stage1).filter(([name]) =>
    /^policy\.(?!first|second)/.test(name),
  );
  for (const [name, { data }] of policyAfterStage1) {
    const reference = ends.stage2[name.replace('policy.', 'reference.')];
    expect(fingerprint(reference.data), name).toBe(fingerprint(data));
  }
});

test('the vision prefix learns in stage 1 and stays bit for bit in stage 2, unless it is thawed', async () => {
  // The first size with a vision encoder of its own.
  const small = { size: 'small', evaluate: false, sft_steps: 2, stage1_steps: 1, stage2_steps: 2 } as const;
  const frozen = await stageEnds(await trainTiny({ settings: tinySettings(small) }));
  const vision = (names: string[]) => names.filter((name) => name.startsWith('vision.'));
  expect(vision(changed(frozen.heads, frozen.stage1, 'policy.')).length).toBeGreaterThan(0);
  const inStage2 = changed(frozen.stage1, frozen.stage2, 'policy.');
  expect(inStage2.length).toBeGreaterThan(5);
  expect(vision(inStage2)).toEqual([]);
  const thawed = await stageEnds(
    await trainTiny({ settings: tinySettings({ ...small, freeze_vision: false }) }),
  );
  expect(vision(changed(thawed.stage1, thawed.stage2, 'policy.')).length).toBeGreaterThan(0);
});

test('fitting the heads leaves the policy as it is; evaluation leaves no trace in what is trained', async () => {
  const evaluated = await trainTiny();
  const ends = await stageEnds(evaluated);
  expect(changed(ends.sft, ends.heads, 'policy.')).toEqual([]);
  const plain = await trainTiny({ settings: tinySettings({ evaluate: false }) });
  const [a, b] = [await snapshot(evaluated.store), await snapshot(plain.store)];
  for (const part of ['metrics', 'samples', 'heads']) expect(a[part]).toEqual(b[part]);
  expect(b.evaluations).toEqual([]);
});

test('the trunk of the heads starts from the SFT weights, or from random ones', async () => {
  // A step that is lost in rounding: the heads stay where they start.
  const still = { stages: ['sft', 'heads'] as const, evaluate: false, heads_learning_rate: 1e-30 };
  const trunkOf = async (heads_init: 'sft' | 'random') => {
    const run = await trainTiny({ settings: tinySettings({ ...still, heads_init }) });
    const { sft } = await stageEnds(run);
    const heads = (await run.store.getHeads(RUN_ID))?.tensors ?? {};
    const shared = Object.keys(heads).filter((name) => `policy.${name}` in sft);
    expect(shared.length).toBeGreaterThan(5);
    return shared.filter((name) => fingerprint(heads[name].data) === fingerprint(sft[`policy.${name}`].data));
  };
  const copied = await trunkOf('sft');
  const random = await trunkOf('random');
  expect(copied.length).toBeGreaterThan(random.length + 5);
});
