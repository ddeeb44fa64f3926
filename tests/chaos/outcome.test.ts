// The outcome of a run: every part of it counts, and the first one that differs is named.

import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import type { RunStore } from '../../src/storage/types.ts';
import { makeBatch, makeCheckpoint, makeEvaluation, makeHeads, makeRow } from '../storage/records.ts';
import { fill } from '../storage/wholeRun.ts';
import { digestOf, firstDifference, type Outcome, outcomeOf } from './outcome.ts';

async function outcome(change: (store: RunStore, id: string) => Promise<void> = async () => {}, id = 'a') {
  const store = new MemoryStore();
  await fill(store, id);
  await change(store, id);
  return outcomeOf(await store.exportBundle(id));
}

const batch = makeBatch('a', 6);
const heads = makeHeads('a');
const end = makeCheckpoint('a', 4, 'stage-end');
const [tensor] = Object.keys(end.tensors);

/** The least of another value. */
function moved({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  return { shape, data: data.map((value, i) => (i === 0 ? value + 1e-4 : value)) };
}

test('the same run under another name, with another clock and other rolling checkpoints, is the same', async () => {
  const plain = await outcome();
  const other = await outcome(async (store, id) => {
    await store.updateRun(id, { name: 'Another', status: 'failed' });
    await store.appendMetrics(id, [makeRow(2, { kl: 1e-7, 'a,"b"': Infinity, 'time/iteration_ms': 7 })]);
    await store.putCheckpoint(makeCheckpoint(id, 3));
  }, 'b');
  expect(firstDifference(other, plain)).toBeNull();
  expect(digestOf(other)).toBe(digestOf(plain));
});

test.each<[string, string, (store: RunStore) => Promise<void>]>([
  ['a value', 'metrics of step 2: another', (store) => store.appendMetrics('a', [makeRow(2, { kl: 2e-7 })])],
  [
    'a row more',
    'metrics of step 3: the undisturbed run has none',
    (store) => store.appendMetrics('a', [makeRow(3)]),
  ],
  [
    'a log-prob',
    'samples of step 6: another',
    (store) => store.putSamples({ ...batch, oldLogProbs: batch.oldLogProbs.map((value) => value - 1e-3) }),
  ],
  [
    'a weight of a head',
    'heads: another',
    (store) =>
      store.putHeads({
        ...heads,
        tensors: Object.fromEntries(Object.entries(heads.tensors).map(([name, each]) => [name, moved(each)])),
      }),
  ],
  [
    'an evaluation more',
    'evaluation after stage1: the undisturbed run has none',
    (store) => store.putEvaluation(makeEvaluation('a', 'stage1', 6)),
  ],
  [
    'a weight of the policy',
    `weights after ${end.manifest.stage}: another`,
    (store) =>
      store.putCheckpoint({ ...end, tensors: { ...end.tensors, [tensor]: moved(end.tensors[tensor]) } }),
  ],
])('%s makes another outcome', async (_what, difference, change) => {
  const plain = await outcome();
  const other = await outcome(change);
  expect(firstDifference(other, plain)).toBe(difference);
  expect(digestOf(other)).not.toBe(digestOf(plain));
});

test('what is lost is named first', async () => {
  const plain = await outcome();
  const lost = new Map([...plain].filter(([part]) => part !== 'samples of step 1'));
  expect(firstDifference(lost, plain)).toBe('samples of step 1: lost');
  const differs: Outcome = new Map([...lost, ['heads', '']]);
  expect(firstDifference(differs, plain)).toBe('samples of step 1: lost');
});
