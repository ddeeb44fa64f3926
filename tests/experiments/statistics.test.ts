// Intervals over few seeds against published values.

import { describe, expect, it } from 'vitest';
import {
  meanEstimate,
  pairedEstimate,
  studentCentralProbability,
  studentQuantile,
} from '../../src/experiments/statistics.ts';

describe('Student t', () => {
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
  ])('of %i degrees of freedom has the 95 %% quantile %f', (df, quantile) => {
    expect(studentQuantile(df)).toBeCloseTo(quantile, 4);
  });

  it('gives other levels, and refuses what is no number of degrees', () => {
    expect(studentQuantile(2, 0.99)).toBeCloseTo(9.92484, 4);
    expect(studentCentralProbability(0, 7)).toBe(0);
    expect(() => studentQuantile(0)).toThrow(RangeError);
    expect(() => studentQuantile(1.5)).toThrow(RangeError);
  });
});

describe('estimates', () => {
  it('are mean and t interval', () => {
    // s = 1, so the half width is 4.30265 / sqrt(3).
    const found = meanEstimate([1, 2, 3]);
    expect(found?.mean).toBe(2);
    expect(found?.low).toBeCloseTo(2 - 2.48414, 4);
    expect(found?.high).toBeCloseTo(2 + 2.48414, 4);
  });

  it('have no limits with one value, and none without values', () => {
    expect(meanEstimate([5])).toEqual({ mean: 5, low: null, high: null, n: 1 });
    expect(meanEstimate([])).toBeNull();
    expect(meanEstimate([0.1, 0.1, 0.1])?.low).toBe(meanEstimate([0.1, 0.1, 0.1])?.mean);
  });

  it('of pairs leave out what seeds have in common', () => {
    const [left, right] = [
      [60, 70, 80],
      [50, 60.5, 69.5],
    ];
    const paired = pairedEstimate(left, right);
    expect(paired?.mean).toBeCloseTo(10, 10);
    expect((paired?.high ?? 0) - (paired?.low ?? 0)).toBeLessThan(3);
    expect(() => pairedEstimate([1], [])).toThrow(RangeError);
  });
});
