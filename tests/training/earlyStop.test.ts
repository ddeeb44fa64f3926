// Heads that stop early: the rule by itself, runs that follow it, and what is left of them after a stop or a kill.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../src/config/index.ts';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type RunStore } from '../../src/storage/index.ts';
import { HEADS } from '../../src/terms/heads.ts';
import { isMeasured, mayStop, shouldStop } from '../../src/training/earlyStop.ts';
import {
  endAt,
  failingStore,
  failureOf,
  Killed,
  RUN_ID,
  snapshot,
  tinySettings,
  trainTiny,
} from './harness.ts';

describe('the rule', () => {
  const every = fc.integer({ min: 1, max: 5 });
  const patience = fc.integer({ min: 1, max: 4 });
  // Few different values, so that ties are common.
  const accuracies = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 });

  /** Which measurement (from 1) it stops after, as the pipeline applies it; null where it goes on to the end. */
  function stopsAfter(values: readonly number[], every: number, patience: number): number | null {
    const settings = { heads_measure_every: every, heads_patience: patience };
    let best = { value: Number.NEGATIVE_INFINITY, at: 0 };
    for (const [i, value] of values.entries()) {
      const at = (i + 1) * every;
      if (value > best.value) best = { value, at };
      if (shouldStop(settings, best.at, at)) return i + 1;
    }
    return null;
  }

  test('stops after the first measurement that ends as many as `heads_patience` without a better one', () => {
    fc.assert(
      fc.property(accuracies, every, patience, (values, every, patience) => {
        const isOver = (end: number) =>
          end > patience &&
          Math.max(...values.slice(end - patience, end)) <= Math.max(...values.slice(0, end - patience));
        const expected = values.findIndex((_, i) => isOver(i + 1));
        expect(stopsAfter(values, every, patience)).toBe(expected < 0 ? null : expected + 1);
      }),
    );
  });

  test('never stops what gets better, or where it is off', () => {
    fc.assert(
      fc.property(accuracies, every, patience, (values, every, patience) => {
        const rising = values.map((value, i) => value + 7 * i);
        expect(stopsAfter(rising, every, patience)).toBeNull();
        expect(stopsAfter(values, every, 0)).toBeNull();
        expect(stopsAfter(values, 0, patience)).toBeNull();
      }),
    );
  });

  test('measures every so often and after the last step, and nothing without an interval', () => {
    const measured = (every: number) =>
      Array.from({ length: 7 }, (_, i) => i + 1).filter((i) =>
        isMeasured({ heads_measure_every: every, heads_patience: 0 }, i, 7),
      );
    expect(measured(3)).toEqual([3, 6, 7]);
    expect(measured(0)).toEqual([]);
    expect(mayStop(tinySettings())).toBe(false);
  });
});

const short = (overrides: SettingsInput) =>
  tinySettings({ stages: ['sft', 'heads', 'stage1'], evaluate: false, stage1_steps: 2, ...overrides });

/** Steps too small to change a verdict: no measurement is better than the first. */
const LEVEL = short({
  heads_steps: 30,
  heads_learning_rate: 1e-9,
  heads_measure_every: 4,
  heads_patience: 2,
});
/** Learns, forgets and stops in the midst. */
const UNEVEN = short({
  sft_steps: 6,
  stage1_steps: 1,
  heads_steps: 40,
  heads_learning_rate: 0.02,
  heads_measure_every: 3,
  heads_patience: 3,
});

async function headRows(store: RunStore) {
  return (await store.readMetrics(RUN_ID)).filter(({ stage }) => stage === 'heads');
}

/** Mean over the heads, by iteration, of what the rows say of held-out responses. */
function measuredIn(rows: Awaited<ReturnType<typeof headRows>>): Map<number, number> {
  const names = HEADS.map((head) => `heads/${head}/holdout_accuracy`);
  return new Map(
    rows
      .filter(({ values }) => names.every((name) => values[name] !== undefined))
      .map(({ iteration, values }) => [
        iteration,
        names.reduce((sum, name) => sum + (values[name] as number), 0) / names.length,
      ]),
  );
}

async function reported(store: RunStore): Promise<number> {
  const reports = (await store.getHeads(RUN_ID))?.report as unknown as { accuracy: number }[];
  return reports.reduce((sum, { accuracy }) => sum + accuracy, 0) / reports.length;
}

describe('a run', () => {
  test('whose heads no longer improve ends their stage early, and says so', async () => {
    const { store, events, result } = await trainTiny({ settings: LEVEL });
    expect(result).toBe('done');
    const rows = await headRows(store);
    expect(rows.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect([...measuredIn(rows).keys()]).toEqual([4, 8, 12]);
    const progress = events.filter((event) => event.kind === 'progress');
    const last = progress.findLast(({ stage }) => stage === 'heads');
    expect(last).toMatchObject({ iteration: 12, iterations: 12 });
    expect(last?.preparing ? 0 : last?.stageRemainingMs).toBe(0);
    expect(progress.at(-1)?.stages).toMatchObject([
      { name: 'sft', iterations: 25 },
      { name: 'heads', iterations: 12, planned: 30 },
      { name: 'stage1', iterations: 2 },
    ]);
    const ends = (await store.listCheckpoints(RUN_ID)).filter(({ kind }) => kind === 'stage-end');
    expect(ends.map(({ stage, step }) => [stage, step])).toEqual([
      ['sft', 25],
      ['heads', 37],
      ['stage1', 39],
    ]);
    expect(ends.at(-1)?.state).toMatchObject({ earlyStops: { heads: 12 } });
    expect(ends.at(-1)?.state).not.toHaveProperty('bestHeads');
  });

  test('keeps the weights of the best measurement', async () => {
    const { store } = await trainTiny({ settings: UNEVEN });
    const measured = measuredIn(await headRows(store));
    const best = Math.max(...measured.values());
    expect(await reported(store)).toBe(best);
    // Else the last weights would do as well.
    expect([...measured.values()].at(-1)).toBeLessThan(best);
  });

  test('that only measures has the heads of one that does not', async () => {
    const plain = await trainTiny({ settings: { ...UNEVEN, heads_measure_every: 0 } });
    const measured = await trainTiny({ settings: { ...UNEVEN, heads_patience: 0 } });
    const heads = async (store: RunStore) => (await snapshot(store)).heads;
    expect(await heads(measured.store)).toEqual(await heads(plain.store));
    expect(measuredIn(await headRows(plain.store)).size).toBe(0);
    expect([...measuredIn(await headRows(measured.store)).keys()].at(-1)).toBe(40);
  });

  test('that is stopped or killed around the best measurement, or before its heads are stored, is the one left alone', async () => {
    const whole = await trainTiny({ settings: UNEVEN });
    const expected = await snapshot(whole.store);
    const end = (await headRows(whole.store)).length;
    const bestAt = end - 9;
    const goOn = async (store: RunStore) => {
      const { result, events } = await trainTiny({ settings: UNEVEN, store, resume: true });
      expect(result).toBe('done');
      expect(await snapshot(store)).toEqual(expected);
      const told = events.findLast((event) => event.kind === 'progress');
      expect(told?.stages[1]).toEqual({ name: 'heads', iterations: end, planned: 40 });
    };
    for (const [iteration, how] of [
      [bestAt - 1, 'kill'],
      [bestAt, 'stop'],
      [bestAt + 4, 'kill'],
      [end, 'stop'],
    ] as const) {
      const store = new MemoryStore();
      const events: TrainEvent[] = [];
      const control = endAt(events, 'heads', iteration, how);
      const run = trainTiny({ settings: UNEVEN, store, events, control });
      if (how === 'stop') expect((await run).result).toBe('stopped');
      else expect(await failureOf(run)).toBeInstanceOf(Killed);
      await goOn(store);
    }
    const store = new MemoryStore();
    const dead = failingStore(store, 'putHeads', 1);
    expect(await failureOf(trainTiny({ settings: UNEVEN, store: dead }))).toBeInstanceOf(Killed);
    await goOn(store);
  });
});
