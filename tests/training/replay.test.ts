// Replay selection: what each mode may and must choose.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/random/philox.ts';
import { REPLAY_MODES, type ReplayRequest, type ReplayRow, selectReplay } from '../../src/training/replay.ts';

const rows = fc.uniqueArray(
  fc.record({
    step: fc.nat(30),
    group: fc.nat(5),
    policyVersion: fc.nat(30),
    maxAbsAdvantage: fc.constantFrom(0, 0.5, 1, 3),
    heapScore: fc.constantFrom(0, 1, 1, 2.5),
  }),
  { selector: ({ step, group }) => `${step}:${group}`, maxLength: 40 },
);
const request = fc.record({
  mode: fc.constantFrom(...REPLAY_MODES),
  rows,
  count: fc.nat(50),
  policyVersion: fc.nat(40),
  staleness: fc.nat(20),
  maxStep: fc.nat(40),
  seed: fc.nat(),
});
type Request = Omit<ReplayRequest, 'stream'> & { seed: number };

const select = ({ seed, ...rest }: Request) =>
  selectReplay({ ...rest, stream: new RandomStream(seed, 'replay') });
const key = ({ step, group }: { step: number; group: number }) => `${step}:${group}`;

describe('selectReplay', () => {
  test('chooses only eligible groups, none twice, as many as there are', () => {
    fc.assert(
      fc.property(request, (ask) => {
        const chosen = select(ask);
        expect(new Set(chosen.map(key)).size).toBe(chosen.length);
        const eligible = ask.rows.filter(
          (row) =>
            row.step <= ask.maxStep &&
            row.policyVersion <= ask.policyVersion &&
            ask.policyVersion - row.policyVersion <= ask.staleness &&
            (!['ssr', 'recent'].includes(ask.mode) || row.maxAbsAdvantage > 0) &&
            (ask.mode !== 'group_heap' || row.heapScore > 0),
        );
        const keys = new Set(eligible.map(key));
        expect(chosen.every((choice) => keys.has(key(choice)))).toBe(true);
        expect(chosen.length).toBe(ask.mode === 'none' ? 0 : Math.min(ask.count, eligible.length));
      }),
    );
  });

  test('the order of the rows and samples stored after maxStep make no difference', () => {
    fc.assert(
      fc.property(request, (ask) => {
        const expected = select(ask);
        expect(select({ ...ask, rows: ask.rows.toReversed() })).toEqual(expected);
        expect(select({ ...ask, rows: ask.rows.filter(({ step }) => step <= ask.maxStep) })).toEqual(
          expected,
        );
      }),
    );
  });

  const row = (step: number, group: number, maxAbsAdvantage: number, heapScore: number): ReplayRow => ({
    step,
    group,
    policyVersion: 0,
    maxAbsAdvantage,
    heapScore,
  });
  const base = { policyVersion: 0, staleness: 8, seed: 1 };

  test('recent takes the newest with a signal, by step then group', () => {
    const all = [row(1, 0, 1, 1), row(3, 1, 0, 0), row(3, 0, 1, 1), row(2, 0, 1, 1)];
    expect(select({ ...base, mode: 'recent', rows: all, count: 3 }).map(key)).toEqual(['3:0', '2:0', '1:0']);
  });

  test.each([
    ['ssr', 'maxAbsAdvantage'],
    ['group_heap', 'heapScore'],
  ] as const)('CASES 38: %s draws in proportion to %s', (mode, score) => {
    const scores = [1, 3, 0, 4];
    const all = scores.map((value, group) => ({ ...row(1, group, 1, 1), [score]: value }));
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 4000; seed++) {
      for (const { group } of select({ ...base, seed, mode, rows: all, count: 1 })) counts[group]++;
    }
    expect(counts[2]).toBe(0);
    for (const group of [0, 1, 3]) {
      expect(Math.abs(counts[group] / 4000 - scores[group] / 8)).toBeLessThan(0.03);
    }
  });
});
