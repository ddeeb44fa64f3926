// Summaries of repeated timings.

import { extent, median } from '../base/numbers.ts';
import type { Spread } from './types.ts';

/** Median (mean of the middle two), smallest and largest; null of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const [min, max] = extent(values);
  return { median: median(values), min, max, count: values.length };
}

/** Milliseconds of the repeats that fit into `durationMs`, at least three; the first, which warms up, is not among them. */
export async function timed(work: () => Promise<void> | void, durationMs: number): Promise<Spread> {
  await work();
  const times: number[] = [];
  const end = performance.now() + durationMs;
  while (times.length < 3 || performance.now() < end) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return spreadOf(times)!;
}

/** A number with three significant digits, never in powers of ten: `0.0123`, `4.57`, `1230`. */
export function threeDigits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  if (digits > 0) return value.toFixed(Math.min(digits, 8));
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return String(Math.round(value / unit) * unit);
}
