// Wilson and Newcombe intervals against known values and their properties.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceInterval, wilsonInterval } from '../../src/base/intervals.ts';

describe('wilsonInterval', () => {
  // Newcombe 1998, Statistics in Medicine 17:857, table I (method 3).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [20, 20, 0.8389, 1],
  ])('%d of %d', (sum, n, low, high) => {
    const interval = wilsonInterval(sum, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds the share, stays in 0..1, mirrors, and narrows with n', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (right, wrong) => {
        const n = right + wrong;
        const { value, low, high } = wilsonInterval(right, n);
        expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true);
        if (n === 0) return;
        const mirrored = wilsonInterval(wrong, n);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
        const more = wilsonInterval(right * 4, n * 4);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });

  it('is all of 0..1 without items and refuses what is no share', () => {
    expect(wilsonInterval(0, 0)).toEqual({ value: 0, low: 0, high: 1 });
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
  });
});

describe('differenceInterval', () => {
  it('gives the published limits of 56/70 - 48/80', () => {
    // Newcombe 1998, Statistics in Medicine 17:873, table II (a), method 10: 0.0524 to 0.3339.
    const { value, low, high } = differenceInterval(wilsonInterval(48, 80), wilsonInterval(56, 70));
    expect(value).toBeCloseTo(0.2, 12);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });
});
