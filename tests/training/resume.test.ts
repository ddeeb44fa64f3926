// A run that was stopped or killed anywhere and goes on from its checkpoint is the run that was never stopped, bit for bit.

import { beforeAll, describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../src/config/index.ts';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type RunStore } from '../../src/storage/index.ts';
import { SUITES } from '../../src/terms/suites.ts';
import {
  endAfter,
  endAt,
  endInside,
  failingStore,
  failureOf,
  Killed,
  RUN_ID,
  readyForRl,
  samplesOf,
  snapshot,
  type TinyRun,
  tinySettings,
  trainTiny,
} from './harness.ts';

type Snapshot = Awaited<ReturnType<typeof snapshot>>;

/** Goes on with a run on a fresh engine until it is done. */
async function goOn({ settings, store }: TinyRun & { store: RunStore }): Promise<Snapshot> {
  const { result } = await trainTiny({ settings, store, resume: true });
  expect(result).toBe('done');
  return snapshot(store);
}

describe('a whole run', () => {
  const settings = tinySettings();
  let expected: Snapshot;
  beforeAll(async () => {
    expected = await snapshot((await trainTiny({ settings })).store);
  });

  /** Ends the run after each place in turn (stage, iterations done in it), and goes on with it on a fresh engine. */
  async function chain(store: RunStore, how: 'stop' | 'kill', places: readonly [string, number][]) {
    for (const [i, [stage, iteration]] of places.entries()) {
      const events: TrainEvent[] = [];
      const control = endAt(events, stage, iteration, how);
      const part = { settings, store, events, control, resume: i > 0 };
      if (how === 'stop') expect((await trainTiny(part)).result).toBe('stopped');
      else expect(await failureOf(trainTiny(part))).toBeInstanceOf(Killed);
    }
  }
  const suites = SUITES.length;

  test('stopped inside every stage, in evaluations and between stages', async () => {
    const store = new MemoryStore();
    await chain(store, 'stop', [
      ['sft', 15],
      ['sft', 25],
      ['evaluation-sft', 4],
      ['evaluation-sft', suites],
      ['heads', 3],
      ['heads', 5],
      ['stage1', 1],
      ['stage1', 3],
      ['evaluation-stage1', 5],
      ['evaluation-stage1', suites],
      ['stage2', 2],
      ['evaluation-stage2', suites - 1],
    ]);
    expect(await goOn({ settings, store })).toEqual(expected);
  });

  test('killed inside every stage, in evaluations and between stages', async () => {
    const store = new MemoryStore();
    await chain(store, 'kill', [
      ['sft', 1],
      ['sft', 15],
      ['evaluation-sft', 3],
      ['evaluation-sft', suites],
      ['heads', 2],
      ['heads', 4],
      ['stage1', 1],
      ['stage1', 3],
      ['evaluation-stage1', 2],
      ['stage2', 2],
      ['stage2', 3],
      ['stage2', 4],
      ['evaluation-stage2', suites - 1],
    ]);
    expect(await goOn({ settings, store })).toEqual(expected);
  });

  test('killed between the records of one iteration, and of one checkpoint', async () => {
    const store = new MemoryStore();
    const deaths: [keyof RunStore, number][] = [
      ['appendMetrics', 8],
      ['putCheckpoint', 4],
      ['putEvaluation', 1],
      ['putHeads', 1],
      ['appendMetrics', 3],
      ['putSamples', 3],
      ['putEvaluation', 2],
    ];
    for (const [i, [method, nth]] of deaths.entries()) {
      const dying = trainTiny({ settings, store: failingStore(store, method, nth), resume: i > 0 });
      expect(await failureOf(dying)).toBeInstanceOf(Killed);
    }
    expect(await goOn({ settings, store })).toEqual(expected);
  });

  test('stopped or killed amid the examples of the heads, those to fit and those held out', async () => {
    const store = new MemoryStore();
    // Three pause points before the first iteration; from the fifth on they are those of the report, where a resumed run begins.
    for (const [i, nth] of [1, 3, 5, 2, 4].entries()) {
      const events: TrainEvent[] = [];
      const stopping = { settings, store, events, control: endInside(nth, 'stop'), resume: i > 0 };
      expect((await trainTiny(stopping)).result).toBe('stopped');
      const last = events.findLast((event) => event.kind === 'progress');
      expect(last).toMatchObject({ stage: 'heads', iteration: i < 2 ? 0 : 5, preparing: {} });
      const dying = { settings, store, control: endInside(1, 'kill'), resume: true };
      expect(await failureOf(trainTiny(dying))).toBeInstanceOf(Killed);
    }
    expect(await goOn({ settings, store })).toEqual(expected);
  });

  test('stopped right after an evaluation does not evaluate again', async () => {
    const store = new MemoryStore();
    for (const [i, stage] of ['evaluation-sft', 'evaluation-stage1'].entries()) {
      const events: TrainEvent[] = [];
      const control = endAt(events, stage, suites, 'stop');
      expect((await trainTiny({ settings, store, events, control, resume: i > 0 })).result).toBe('stopped');
      expect(events.filter(({ kind }) => kind === 'evaluation').length).toBe(1);
    }
    expect((await store.latestCheckpoint(RUN_ID))?.manifest).toMatchObject({
      stage: 'stage2',
      nextIteration: 0,
    });
    const events: TrainEvent[] = [];
    await trainTiny({ settings, store, events, resume: true });
    const evaluated = events.flatMap((event) => (event.kind === 'evaluation' ? [event.stage] : []));
    expect(evaluated).toEqual(['stage2']);
    expect(await snapshot(store)).toEqual(expected);
  });

  test('a run that is done and goes on changes nothing', async () => {
    const { store } = await trainTiny({ settings });
    expect(await goOn({ settings, store })).toEqual(expected);
  });
});

describe('with state beyond the weights', () => {
  const long: SettingsInput = { stage1_steps: 6, checkpoint_every: 3 };
  const variants: [string, SettingsInput][] = [
    ['replay ssr', { replay: 'ssr', replay_fraction: 0.5 }],
    ['replay recent', { replay: 'recent', replay_fraction: 0.5 }],
    ['replay group_heap', { replay: 'group_heap', score_mode: 'hard', prompts_per_step: 8 }],
    ['ppo, with its value head', { loss_type: 'ppo' }],
    ['dynamic sampling', { dynamic_sampling: true, filter_groups: true, score_mode: 'hard' }],
    ['safety as a cost, with its multiplier', { safety_cost: true, stage1_mix: { safety: 2, jailbreak: 1 } }],
    ['safety as a cost, replayed', { safety_cost: true, replay: 'recent', stage1_mix: { safety: 1 } }],
    ['a reference term and two epochs', { beta: 0.04, epochs: 2, loss_type: 'grpo' }],
    ['repeated stages', { stages: ['sft', 'heads', 'stage1', 'heads', 'stage1'], stage1_steps: 3 }],
  ];
  test.each(variants)('%s', async (name, overrides) => {
    const whole = await readyForRl({ ...long, ...overrides });
    await trainTiny({ ...whole, resume: true });
    const expected = await snapshot(whole.store);
    if (name.startsWith('replay')) {
      const rows = await whole.store.readMetrics(RUN_ID);
      expect(rows.some(({ values }) => values['groups/replayed'] > 0)).toBe(true);
      expect(rows.some(({ values }) => values['staleness/mean'] > 0)).toBe(true);
    }
    // The kill comes two iterations after a checkpoint: what they stored must not be replayed.
    const { settings, store } = await readyForRl({ ...long, ...overrides });
    const dying = trainTiny({ settings, store, control: endAfter(5, 'kill'), resume: true });
    expect(await failureOf(dying)).toBeInstanceOf(Killed);
    await trainTiny({ settings, store, control: endAfter(1, 'stop'), resume: true });
    expect(await goOn({ settings, store })).toEqual(expected);
  });

  test('what was written after the checkpoint is written again the same', async () => {
    const { settings, store } = await readyForRl({ ...long, replay: 'recent' });
    await failureOf(trainTiny({ settings, store, control: endAfter(5, 'kill'), resume: true }));
    const before = await samplesOf(store);
    expect(before.length).toBe(5);
    expect((await store.latestCheckpoint(RUN_ID))?.manifest.nextIteration).toBe(3);
    await goOn({ settings, store });
    expect((await samplesOf(store)).slice(0, 5)).toEqual(before);
  });
});
