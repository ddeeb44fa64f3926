// How long a plan takes, and how many workers take the least.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../../src/config/index.ts';
import { expand, planOfInput } from '../../../src/experiments/plans.ts';
import { queueRows } from '../../../src/ui/state/lab/queueRows.ts';
import { allocations, fastest, leftMs, msAfter, planMs } from '../../../src/ui/state/lab/workTime.ts';
import { makeQueue } from '../../storage/records.ts';

const QUEUE = makeQueue('lab-20260101-000000-aaaa', '2026-01-01T00:00:00.000Z');
const { runs, cells } = expand(
  planOfInput({
    name: 'x',
    base: { preset: 'smoke' },
    factors: [{ setting: 'stage2_steps', values: [10, 20] }],
    overrides: { stages: ['stage2'] },
    seeds: [1, 2],
  }),
  { settings: resolvePreset('smoke').settings, preset: 'smoke', stage: null },
);

describe('the time of a plan', () => {
  it('grows with its runs and falls with the workers', () => {
    const one = planMs(runs, { run: runs[0], ms: 1000 }, 1) ?? 0;
    expect(one).toBeGreaterThan(4000);
    expect(planMs(runs, { run: runs[0], ms: 1000 }, 2)).toBeCloseTo(one / 2);
    expect(planMs(runs, { run: runs[0], ms: null }, 2)).toBe(null);
  });

  it('is that of the stages after the fork', () => {
    const stages = [
      { name: 'sft', iterations: 1, ms: 5 },
      { name: 'stage2', iterations: 1, ms: 7 },
    ];
    const estimate = { stages, totalMs: 12, basis: '' };
    expect(msAfter(estimate, { id: null, stage: 'sft' })).toBe(7);
    expect(msAfter(estimate, null)).toBe(12);
    expect(msAfter({ ...estimate, stages: [{ ...stages[0], ms: null }] }, null)).toBe(null);
  });

  it('what is left is known after the first run', () => {
    const rows = queueRows(QUEUE, { cells, runs }, new Map(), () => false);
    expect(leftMs(rows, {}, [], 1)).toBe(null);
    const done = rows.map((row, i) => (i === 0 ? { ...row, state: 'done' as const } : row));
    const left = leftMs(done, { [rows[0].run.id]: 1000 }, [], 1) ?? 0;
    expect(left).toBeGreaterThan(3000);
    expect(leftMs(done, { [rows[0].run.id]: 1000 }, [], 2)).toBeCloseTo(left / 2);
  });
});

describe('workers and threads', () => {
  it('one core has one of each', () => expect(allocations(1)).toEqual([{ workers: 1, threads: 1 }]));
  it('the faster one by measurement', () => {
    const [many, one] = allocations(2);
    expect(many).toEqual({ workers: 2, threads: 1 });
    const at = (a: number | null, b: number | null) =>
      fastest([
        { allocation: many, runMs: a },
        { allocation: one, runMs: b },
      ]);
    expect(at(100, 70)).toEqual(many);
    expect(at(100, 40)).toEqual(one);
    expect(at(null, null)).toEqual(many);
  });
});
