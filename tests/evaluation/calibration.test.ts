// Head reports: accuracy, confusion, ECE.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibration } from '../../src/evaluation/calibration.ts';
import { headReport } from '../../src/evaluation/index.ts';

describe('calibration', () => {
  it('is the gap between confidence and accuracy, weighted by bin', () => {
    // Bin 0.8..0.9: 4 at 0.8, 3 right, gap 0.05. Bin 0.6..0.7: 1 at 0.6, wrong, gap 0.6.
    const outputs = [...Array.from({ length: 4 }, () => [0.8, 0.2]), [0.4, 0.6]];
    const { ece, bins } = calibration(outputs, [0, 0, 0, 1, 0]);
    expect(ece).toBeCloseTo((4 / 5) * 0.05 + (1 / 5) * 0.6, 12);
    expect(bins).toHaveLength(10);
    expect(bins[8]).toMatchObject({ accuracy: 0.75, n: 4 });
    expect(bins[9]).toEqual({ confidence: 0.95, accuracy: 0, n: 0 });
  });

  it('is 0 for a head that is right and certain, 1 for one that is wrong and certain', () => {
    expect(calibration([[1, 0]], [0]).ece).toBe(0);
    expect(calibration([[1, 0]], [1]).ece).toBe(1);
    expect(calibration([], []).ece).toBe(0);
  });

  it('loses no example and stays in 0..1', () => {
    const example = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1));
    fc.assert(
      fc.property(fc.array(example, { minLength: 1 }), (examples) => {
        const outputs = examples.map(([yes]) => Float32Array.from([1 - yes, yes]));
        const { ece, bins } = calibration(
          outputs,
          examples.map(([, label]) => label),
        );
        expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(examples.length);
        expect(ece).toBeGreaterThanOrEqual(0);
        expect(ece).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('headReport', () => {
  it('counts the confusion by truth and prediction', () => {
    const report = headReport(
      'value',
      ['bad', 'good'],
      [
        [0.9, 0.1],
        [0.3, 0.7],
        [0.2, 0.8],
      ],
      [0, 0, 1],
      ['a', 'b', 'c'],
    );
    expect(report).toMatchObject({
      head: 'value',
      accuracy: 2 / 3,
      n: 3,
      confusion: [
        [1, 1],
        [0, 1],
      ],
    });
    expect(report.low).toBeLessThan(2 / 3);
  });

  it('refuses what does not fit', () => {
    expect(() => headReport('value', ['bad', 'good'], [[1, 0]], [], [])).toThrow(RangeError);
    expect(() => headReport('value', ['bad', 'good'], [[1]], [0], ['a'])).toThrow(RangeError);
    expect(() => headReport('value', ['bad', 'good'], [[1, 0]], [2], ['a'])).toThrow(RangeError);
  });
});
