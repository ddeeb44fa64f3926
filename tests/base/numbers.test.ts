// Sums that every room shares: order statistics, spreads, the largest entry, and what they give for few or odd values.

import { describe, expect, it } from 'vitest';
import { argmax, extent, mean, median, softmax, standardDeviation } from '../../src/base/numbers.ts';
import { roundStep } from '../../src/base/ticks.ts';

describe('numbers', () => {
  it('median is the middle one, or the mean of the middle two, and leaves its input alone', () => {
    const values = [5, 1, 3];
    expect(median(values)).toBe(3);
    expect(values).toEqual([5, 1, 3]);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('mean and deviation of nothing and of one value are numbers', () => {
    expect([mean([]), mean([4]), standardDeviation([]), standardDeviation([4])]).toEqual([0, 4, 0, 0]);
    expect(standardDeviation([1, 3])).toBe(Math.SQRT2);
    expect(standardDeviation([1, 3], 0)).toBe(1);
  });

  it('argmax takes the first of equals', () => {
    expect([argmax([1, 3, 3]), argmax([2]), argmax([])]).toEqual([1, 0, 0]);
  });

  it('softmax gives probabilities in the order of large logits too', () => {
    const probabilities = softmax(Float32Array.of(1000, 1001, 999));
    expect(probabilities.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 6);
    expect(probabilities[1] / probabilities[0]).toBeCloseTo(Math.E, 5);
  });

  it('extent and step of an axis', () => {
    expect(extent([3, -1, 2])).toEqual([-1, 3]);
    expect([1, 0.9, 0.6, 0.5, 0.05, 37].map((span) => roundStep(span, 5))).toEqual([
      0.2, 0.2, 0.2, 0.1, 0.01, 10,
    ]);
  });
});
