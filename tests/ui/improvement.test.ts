// The large figures while training: what they are the mean of, and when they are held against how it began.

import { describe, expect, it } from 'vitest';
import { improvementOf, improvementText, sparkline } from '../../src/ui/state/run/improvement.ts';

/** The first eight values are 0.25, all later ones 0.75. */
const column = (length: number) => Array.from({ length }, (_, i) => (i < 8 ? 0.25 : 0.75));
const percent = (value: number) => `${100 * value} %`;

function textOf(length: number): string {
  const improvement = improvementOf(column(length));
  return improvement ? improvementText(improvement, percent) : '';
}

describe('improvementOf', () => {
  it('is nothing without a value, and the mean of all while they are few', () => {
    expect(improvementOf([null, null])).toBeNull();
    expect(improvementOf([null, 1, 0, null])).toEqual({
      first: null,
      latest: 0.5,
      window: 2,
      values: [1, 0],
    });
  });

  it('holds the newest values against the first only where none is among both', () => {
    expect(improvementOf(column(15))?.first).toBeNull();
    expect(improvementOf(column(16))).toMatchObject({ first: 0.25, latest: 0.75, window: 8 });
  });

  it('says so in words, and speaks of no beginning before', () => {
    expect(textOf(1)).toBe('one measurement so far');
    expect(textOf(2)).toBe('mean of 2 measurements so far');
    expect(textOf(15)).toBe('mean of the newest 8 measurements');
    expect(textOf(16)).toBe('from 25 % in the first 8 measurements');
  });
});

describe('sparkline', () => {
  it('fills its box, or lies within the range that is given', () => {
    expect(sparkline([0, 1], 10, 4)).toBe('0.0,4.0 10.0,0.0');
    expect(sparkline([0, 1], 10, 4, [0, 2])).toBe('0.0,4.0 10.0,2.0');
    expect(sparkline([3], 10, 4)).toBe('0.0,2.0');
  });
});
