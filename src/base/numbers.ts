// Sums, means, spreads, order statistics and masked sums that every room shares. Pure, float64, in the order of the values.

import { exp } from './exactMath.ts';

/** Sum of `values`. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += values[i];
  return total;
}

/** Arithmetic mean; 0 for an empty array. */
export function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/**
 * Standard deviation around the mean.
 * @param correction 1 divides by n - 1 (unbiased), 0 by n. Fewer than `correction` + 1 values give 0.
 */
export function standardDeviation(values: ArrayLike<number>, correction: 0 | 1 = 1): number {
  return Math.sqrt(variance(values, correction));
}

/** Variance around the mean; see `standardDeviation`. */
export function variance(values: ArrayLike<number>, correction: 0 | 1 = 1): number {
  if (values.length <= correction) return 0;
  const center = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i] - center) ** 2;
  return squares / (values.length - correction);
}

/** The middle value, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Index of the greatest entry; the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[best]) best = i;
  return best;
}

/** Lowest and highest value; infinities the wrong way round where there is none. */
export function extent(values: Iterable<number>): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Probabilities of `logits`, float32. */
export function softmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const result = logits.map((logit) => exp(logit - top));
  const total = sum(result);
  return result.map((weight) => weight / total);
}

/** The values at valid positions, in order. */
export function validValues(values: ArrayLike<number>, mask: ArrayLike<number>): Float64Array {
  const kept: number[] = [];
  for (let i = 0; i < values.length; i += 1) if (mask[i] !== 0) kept.push(values[i]);
  return Float64Array.from(kept);
}

/** Mean over valid positions; 0 where there are none. */
export function maskedMean(values: ArrayLike<number>, mask: ArrayLike<number>): number {
  return mean(validValues(values, mask));
}

/** Number of valid tokens of each sequence, [B]. */
export function sequenceLengths(mask: ArrayLike<number>, batch: number, time: number): Float64Array {
  const lengths = new Float64Array(batch);
  for (let b = 0; b < batch; b += 1) {
    for (let t = 0; t < time; t += 1) if (mask[b * time + t] !== 0) lengths[b] += 1;
  }
  return lengths;
}

/** `value` held inside [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/**
 * Two float32 units in the last place, relative. Rewards that differ by less were rounded apart, not earned: dividing
 * by their std turns rounding into advantages of +-0.9.
 */
const FLAT_RELATIVE_SPREAD = 2 ** -22;

/** True where max == min up to float32 rounding. */
export function isFlat(values: ArrayLike<number>): boolean {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i += 1) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return high - low <= FLAT_RELATIVE_SPREAD * Math.max(Math.abs(low), Math.abs(high)) || values.length < 2;
}
