// Student's t with whole degrees of freedom: probabilities and quantiles.

import { atan2, cos, sin } from '../base/exactMath.ts';

/**
 * P(|T| <= t) with whole `df` >= 1: the finite sums of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 (odd df)
 * and 26.7.4 (even df).
 */
export function studentCentralProbability(t: number, df: number): number {
  if (!Number.isInteger(df) || df < 1) throw new RangeError(`Degrees of freedom must be 1, 2, ...: ${df}.`);
  const angle = atan2(t, Math.sqrt(df));
  const [sine, cosine] = [sin(angle), cos(angle)];
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

/** P(T > t), the one-sided p of an observed t. */
export function studentTail(t: number, df: number): number {
  const beyond = (1 - studentCentralProbability(Math.abs(t), df)) / 2;
  return t >= 0 ? beyond : 1 - beyond;
}
