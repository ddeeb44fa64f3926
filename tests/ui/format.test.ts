// Numbers and durations in words.

import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPoints,
  formatRemaining,
  formatSigned,
} from '../../src/base/format.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [12, '12'],
    [0.83121, '0.8312'],
    [-1.5, '−1.5'],
    [0.00012, '1.2e−4'],
    [1234567, '1.2e6'],
    [Number.NaN, 'not a number'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [400, '0.4 s'],
    [12_400, '12 s'],
    [59_600, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [4_320_000, '1 h 12 min'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('formatRemaining', () => {
  it.each([
    [null, 'time left not known yet'],
    [Number.POSITIVE_INFINITY, 'time left not known yet'],
    [300, 'about a second left'],
    [42_000, 'about 42 s left'],
    [130_000, 'about 2 min left'],
    [5_400_000, 'about 1 h 30 min left'],
  ])('writes %s as %s', (milliseconds, text) => {
    expect(formatRemaining(milliseconds)).toBe(text);
  });
});

describe('shares, points and sizes', () => {
  it('writes shares and differences', () => {
    expect(formatPercent(0.8631)).toBe('86.3 %');
    expect(formatPercent(Number.NaN)).toBe('–');
    expect(formatPoints(-0.0149)).toBe('−1.5');
    expect(formatSigned(0.61)).toBe('+0.61');
    expect(formatSigned(-0.001)).toBe('0');
  });

  it('writes bytes', () => {
    expect(formatBytes(512)).toBe('512 B');
    expect(formatBytes(1_400_000)).toBe('1.4 MB');
    expect(formatBytes(256_000)).toBe('256 kB');
  });
});
