// Summaries of repeated timings.

import type { Spread } from './types.ts';

/** Median (mean of the middle two), smallest and largest; null of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1], count: sorted.length };
}

/** A number with three significant digits, never in powers of ten: `0.0123`, `4.57`, `1230`. */
export function threeDigits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  if (digits > 0) return value.toFixed(Math.min(digits, 8));
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return String(Math.round(value / unit) * unit);
}
