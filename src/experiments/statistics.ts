// Means over few seeds: Student's t interval of a mean and of paired differences.

import { mean, variance } from '../base/numbers.ts';

/** A mean over seeds with its two-sided 95 % interval; without limits where one value cannot tell how much it varies. */
export type Estimate = {
  mean: number;
  low: number | null;
  high: number | null;
  n: number;
};

/**
 * P(|T| <= t) of Student's t with whole `df` >= 1: the finite sums of Abramowitz and Stegun, Handbook of Mathematical Functions,
 * 26.7.3 (odd df) and 26.7.4 (even df).
 */
export function studentCentralProbability(t: number, df: number): number {
  if (!Number.isInteger(df) || df < 1) throw new RangeError(`Degrees of freedom must be 1, 2, ...: ${df}.`);
  const angle = Math.atan(t / Math.sqrt(df));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  if (df === 1) return (2 * angle) / Math.PI;
  const odd = df % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = term;
  for (let k = odd ? 3 : 2; k <= df - 2; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** The t with P(|T| <= t) = `confidence`, by bisection; 4.303 for 2 degrees of freedom and 0.95. */
export function studentQuantile(df: number, confidence = 0.95): number {
  let [low, high] = [0, 1];
  while (studentCentralProbability(high, df) < confidence) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentCentralProbability(middle, df) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean and t interval: mean +- t(n - 1) s / sqrt(n), s unbiased. Null without values. */
export function meanEstimate(values: readonly number[]): Estimate | null {
  const n = values.length;
  if (n === 0) return null;
  const center = mean(values);
  if (n === 1) return { mean: center, low: null, high: null, n };
  // Equal values leave rounding in their mean; their spread is 0.
  const equal = values.every((value) => value === values[0]);
  const half = equal ? 0 : studentQuantile(n - 1) * Math.sqrt(variance(values) / n);
  return { mean: center, low: center - half, high: center + half, n };
}

/** Interval of the mean of `left[i] - right[i]`: what differs between seeds and not between the sides drops out. */
export function pairedEstimate(left: readonly number[], right: readonly number[]): Estimate | null {
  if (left.length !== right.length)
    throw new RangeError(`${left.length} values on one side, ${right.length} on the other.`);
  return meanEstimate(left.map((value, i) => value - right[i]));
}
