// The same configuration and seed give the same run bit for bit; another seed gives another run.

import { expect, test } from 'vitest';
import { RUN_ID, samplesOf, snapshot, tinySettings, trainTiny } from './harness.ts';

test('the same configuration and seed give the same run, bit for bit; another seed does not', async () => {
  const first = await trainTiny();
  const second = await trainTiny();
  expect(first.result).toBe('done');
  const expected = await snapshot(first.store);
  expect(await snapshot(second.store)).toEqual(expected);

  // The comparison means something: there are rows of every stage, gradients and rewards with spread.
  const rows = await first.store.readMetrics(RUN_ID);
  expect(new Set(rows.map(({ stage }) => stage))).toEqual(new Set(['sft', 'heads', 'stage1', 'stage2']));
  const updates = rows.filter(({ stage }) => stage.startsWith('stage'));
  expect(updates.every(({ values }) => values.grad_norm > 0 && values.reward_std > 0)).toBe(true);
  expect((await samplesOf(first.store)).length).toBe(8);
  expect((await first.store.listEvaluations(RUN_ID)).map(({ stage }) => stage)).toEqual([
    'sft',
    'stage1',
    'stage2',
  ]);

  const other = await snapshot((await trainTiny({ settings: tinySettings({ seed: 8 }) })).store);
  for (const part of ['metrics', 'samples', 'heads', 'checkpoints'])
    expect(other[part]).not.toEqual(expected[part]);
});
