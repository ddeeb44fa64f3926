// Summaries of repeated timings.

import { extent, median } from '../base/numbers.ts';
import type { Spread } from './types.ts';

/** Median (mean of the middle two), smallest and largest; null of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const [min, max] = extent(values);
  return { median: median(values), min, max, count: values.length };
}

/** A number with three significant digits, never in powers of ten: `0.0123`, `4.57`, `1230`. */
export function threeDigits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  if (digits > 0) return value.toFixed(Math.min(digits, 8));
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return String(Math.round(value / unit) * unit);
}
