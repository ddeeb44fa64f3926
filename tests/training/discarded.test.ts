// The groups that dynamic sampling throws away: stored and marked, never trained on.

import { expect, test } from 'vitest';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type SampleBatch } from '../../src/storage/index.ts';
import { RUN_ID, samplesOf, trainRl } from './harness.ts';

const DYNAMIC = { dynamic_sampling: true, filter_groups: true, score_mode: 'hard', stage1_steps: 4 } as const;

const discardedIn = ({ discarded }: SampleBatch) => discarded?.filter((flag) => flag === 1).length ?? 0;

test('every rollout of dynamic sampling is stored; the discarded groups come last and are marked', async () => {
  const events: TrainEvent[] = [];
  const { store, settings } = await trainRl(DYNAMIC, { events });
  const { prompts_per_step: wanted, group_size: size } = settings;
  const batches = await samplesOf(store);
  expect(batches).toHaveLength(4);
  expect(batches.some((batch) => discardedIn(batch) > 0)).toBe(true);
  for (const batch of batches) {
    const groups = batch.promptIds.length;
    const dead = discardedIn(batch);
    expect(groups).toBe(wanted + dead);
    expect(dead).toBeLessThanOrEqual(3 * wanted);
    const marks = batch.discarded ?? new Uint8Array(groups);
    expect(Array.from(marks)).toEqual(Array.from({ length: groups }, (_, g) => (g < wanted ? 0 : 1)));
    expect(Array.from(batch.advantages.slice(wanted * size)).every((advantage) => advantage === 0)).toBe(
      true,
    );
    expect(batch.oldLogProbs.length).toBe(batch.responseTokens.length);

    const rows = await store.sampleIndex({ runId: RUN_ID, minStep: batch.step, maxStep: batch.step });
    expect(rows.map((row) => row.discarded ?? false)).toEqual(Array.from(marks, (mark) => mark === 1));
    expect(rows.slice(wanted).every((row) => row.maxAbsAdvantage === 0 && row.heapScore === 0)).toBe(true);
  }
  // What is shown and counted is what was kept.
  const shown = events.filter((event) => event.kind === 'group');
  for (const [i, { promptId }] of shown.entries()) {
    expect(batches[i].promptIds.slice(0, wanted)).toContain(promptId);
  }
});

test('a bundle keeps the marks, and a run without dynamic sampling has none', async () => {
  const { store } = await trainRl(DYNAMIC);
  const copy = new MemoryStore();
  expect(await copy.importBundle(await store.exportBundle(RUN_ID))).toBe(RUN_ID);
  expect(await samplesOf(copy)).toEqual(await samplesOf(store));

  const plain = await trainRl({ stage1_steps: 1 });
  expect((await samplesOf(plain.store)).every((batch) => !('discarded' in batch))).toBe(true);
});
