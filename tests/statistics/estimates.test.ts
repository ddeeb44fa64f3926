// The statistics against figures of SciPy (references.py) and published tables, and their properties.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapEstimate } from '../../src/statistics/bootstrap.ts';
import { holmAdjusted, holmLevels, levelAfterLooks } from '../../src/statistics/corrections.ts';
import { differencesOf, equivalenceP, meanEstimate, pairedTest } from '../../src/statistics/estimates.ts';
import { normalBelow, normalQuantile } from '../../src/statistics/normal.ts';
import { pairedPower, seedsNeeded, smallestDifference } from '../../src/statistics/power.ts';
import { studentCentralProbability, studentQuantile, studentTail } from '../../src/statistics/studentT.ts';

type References = {
  normal: [number, number][];
  studentTail: [number, number, number][];
  paired: {
    differences: number[];
    mean: number;
    sd: number;
    low: number;
    high: number;
    p: number;
    interval90: [number, number];
    equivalence: { bound: number; p: number }[];
    bca: [number, number];
  }[];
  power: [number, number, number, number][];
  seeds: [number, number, number, number][];
};
const references = JSON.parse(readFileSync('tests/statistics/references.json', 'utf8')) as References;

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 12 });
const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 10 });

describe('distributions', () => {
  // Two-sided 95 % quantiles as in any table.
  it.each([
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [4, 2.77645],
    [5, 2.57058],
    [9, 2.26216],
    [10, 2.22814],
    [30, 2.04227],
    [120, 1.97993],
  ])('Student t of %i degrees of freedom has the 95 %% quantile %f', (df, quantile) => {
    expect(studentQuantile(df)).toBeCloseTo(quantile, 4);
  });

  it('give other levels, and refuse what is no number of degrees', () => {
    expect(studentQuantile(2, 0.99)).toBeCloseTo(9.92484, 4);
    expect(studentCentralProbability(0, 7)).toBe(0);
    expect(() => studentQuantile(0)).toThrow(RangeError);
    expect(() => studentQuantile(1.5)).toThrow(RangeError);
  });

  it.each(references.normal)('normal below %d', (z, below) => {
    expect(normalBelow(z)).toBeCloseTo(below, 14);
  });

  it.each(references.studentTail)('t above %d with %i degrees of freedom', (t, df, tail) => {
    expect(studentTail(t, df)).toBeCloseTo(tail, 13);
  });

  it('the normal quantile is the inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (z) => {
        expect(normalQuantile(normalBelow(z))).toBeCloseTo(z, 8);
      }),
    );
  });
});

describe('means and differences', () => {
  it('have no limits with one value, and none without values', () => {
    expect(meanEstimate([5])).toEqual({ mean: 5, low: null, high: null, n: 1 });
    expect(meanEstimate([])).toBeNull();
    expect(meanEstimate([0.1, 0.1, 0.1])?.low).toBe(meanEstimate([0.1, 0.1, 0.1])?.mean);
    expect([pairedTest([1]), equivalenceP([1], 1)]).toEqual([null, null]);
  });

  it('leave out what seeds have in common', () => {
    const differences = differencesOf([60, 70, 80], [50, 60.5, 69.5]);
    expect(meanEstimate(differences)?.mean).toBeCloseTo(10, 10);
    expect(pairedTest(differences)?.p).toBeLessThan(0.01);
    expect(() => differencesOf([1], [])).toThrow(RangeError);
  });

  it.each(references.paired)('t test, interval and equivalence of $differences', (reference) => {
    const { differences, low, high, interval90, equivalence } = reference;
    const test = pairedTest(differences);
    for (const key of ['mean', 'sd', 'p'] as const) expect(test?.[key], key).toBeCloseTo(reference[key], 12);
    const [wide, narrow] = [meanEstimate(differences), meanEstimate(differences, 0.9)];
    expect(wide?.low).toBeCloseTo(low, 10);
    expect(wide?.high).toBeCloseTo(high, 10);
    expect(narrow?.low).toBeCloseTo(interval90[0], 10);
    for (const { bound, p } of equivalence) {
      expect(equivalenceP(differences, bound), `within ${bound}`).toBeCloseTo(p, 12);
      // Two views of one thing.
      expect(p < 0.05).toBe(interval90[0] > -bound && interval90[1] < bound);
    }
  });

  it('say nothing of equal differences but what they are', () => {
    expect(pairedTest([0, 0, 0])?.p).toBe(1);
    expect(pairedTest([0.1, 0.1, 0.1])).toMatchObject({ sd: 0, p: 0 });
    expect([equivalenceP([0.5, 0.5], 1), equivalenceP([1.5, 1.5], 1)]).toEqual([0, 1]);
  });

  it('the test finds what the interval leaves out, and a shift moves both limits', () => {
    fc.assert(
      fc.property(values, fc.double({ min: -50, max: 50, noNaN: true }), (differences, shift) => {
        const [test, estimate] = [pairedTest(differences)!, meanEstimate(differences)!];
        const outside = estimate.low! > 0 || estimate.high! < 0;
        if (Math.abs(test.p - 0.05) > 1e-9 && test.sd > 0) expect(test.p < 0.05).toBe(outside);
        const moved = meanEstimate(differences.map((value) => value + shift))!;
        expect(moved.low! - estimate.low!).toBeCloseTo(shift, 6);
      }),
    );
  });
});

describe('the bootstrap', () => {
  // Four values have so few different resamples that a limit jumps.
  it.each(references.paired.filter(({ differences }) => differences.length > 4))(
    'BCa of $differences, to the noise of the resamples',
    ({ differences, bca: [low, high], sd }) => {
      const found = bootstrapEstimate(differences, { resamples: 40_000 });
      const noise = (0.03 * sd) / Math.sqrt(differences.length) + 0.02 * (high - low);
      expect(Math.abs(found!.low! - low)).toBeLessThan(noise);
      expect(Math.abs(found!.high! - high)).toBeLessThan(noise);
    },
  );

  it('is the same for the same seed, and knows its limits', () => {
    const { differences } = references.paired[4];
    expect(bootstrapEstimate(differences, { seed: 3 })).toEqual(bootstrapEstimate(differences, { seed: 3 }));
    expect(bootstrapEstimate(differences, { seed: 3 })).not.toEqual(
      bootstrapEstimate(differences, { seed: 4 }),
    );
    expect([bootstrapEstimate([]), bootstrapEstimate([2])?.low]).toEqual([null, null]);
    expect(bootstrapEstimate([2, 2, 2])).toEqual({ mean: 2, low: 2, high: 2, n: 3 });
  });

  it('stays within the values', () => {
    fc.assert(
      fc.property(values, (differences) => {
        const { low, high } = bootstrapEstimate(differences, { resamples: 500 })!;
        expect(low).toBeGreaterThanOrEqual(Math.min(...differences) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...differences) + 1e-9);
        expect(low).toBeLessThanOrEqual(high!);
      }),
      { numRuns: 50 },
    );
  });
});

describe('corrections', () => {
  it('Holm of an example worked by hand', () => {
    // 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 no less than the one before it.
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(10)))).toEqual([
      0.03, 0.06, 0.06, 0.02,
    ]);
    expect(holmLevels([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([0.05 / 3, 0.025, 0.025, 0.0125]);
    expect([holmAdjusted([]), holmLevels([], 0.05)]).toEqual([[], []]);
  });

  it('adjusted p and levels say the same, are no bolder than uncorrected and no milder than Bonferroni', () => {
    fc.assert(
      fc.property(ps, (list) => {
        const [adjusted, levels] = [holmAdjusted(list), holmLevels(list, 0.05)];
        list.forEach((p, i) => {
          if (Math.abs(adjusted[i] - 0.05) > 1e-12) expect(adjusted[i] < 0.05).toBe(p < levels[i]);
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * list.length) + 1e-12);
        });
      }),
    );
  });

  it('looks share the level', () => {
    expect([levelAfterLooks(0.05, 1), levelAfterLooks(0.05, 2)]).toEqual([0.05, 0.025]);
  });
});

describe('power', () => {
  it.each(references.power)('of effect %f with %i seeds at level %f', (effect, n, alpha, power) => {
    expect(pairedPower(effect, n, alpha)).toBeCloseTo(power, n === 2 ? 4 : 6);
  });

  it.each(references.seeds)(
    'a difference of %f with sd %f at level %f needs %i seeds',
    (difference, sd, alpha, n) => {
      expect(seedsNeeded(difference, sd, { alpha })).toBe(n);
    },
  );

  it('smallest difference and seeds needed are two sides of one thing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.double({ min: 0.1, max: 10, noNaN: true }), (n, sd) => {
        const difference = smallestDifference(n, sd);
        expect(seedsNeeded(difference * 1.0001, sd)).toBeLessThanOrEqual(n);
        expect(seedsNeeded(difference * 0.999, sd)).toBeGreaterThanOrEqual(n);
      }),
      { numRuns: 30 },
    );
    expect([seedsNeeded(1, 0), smallestDifference(5, 0)]).toEqual([2, 0]);
    expect(seedsNeeded(1e-9, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is the level where there is no difference', () => {
    expect(pairedPower(0, 9)).toBeCloseTo(0.05, 6);
    expect(pairedPower(0, 4, 0.01)).toBeCloseTo(0.01, 5);
  });
});
