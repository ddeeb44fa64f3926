// Means over few seeds: Student's t interval and test of a mean and of paired differences.

import { mean, variance } from '../base/numbers.ts';
import { studentQuantile, studentTail } from './studentT.ts';

/** A mean over seeds with its two-sided interval; without limits where one value cannot tell how much it varies. */
export type Estimate = {
  mean: number;
  low: number | null;
  high: number | null;
  n: number;
};

/** What differences say against "there is none". */
export type PairedTest = {
  mean: number;
  /** Of the differences, unbiased. */
  sd: number;
  n: number;
  /** Two-sided. */
  p: number;
};

/** Of the mean. Equal values leave rounding in their mean; their spread is 0. */
function errorOf(values: readonly number[]): number {
  return values.every((value) => value === values[0]) ? 0 : Math.sqrt(variance(values) / values.length);
}

/** Mean and t interval: mean +- t(n - 1) s / sqrt(n), s unbiased. Null without values. */
export function meanEstimate(values: readonly number[], confidence = 0.95): Estimate | null {
  const n = values.length;
  if (n === 0) return null;
  const center = mean(values);
  if (n === 1) return { mean: center, low: null, high: null, n };
  const half = studentQuantile(n - 1, confidence) * errorOf(values);
  return { mean: center, low: center - half, high: center + half, n };
}

/** `left[i] - right[i]`: what differs between seeds and not between the sides drops out. */
export function differencesOf(left: readonly number[], right: readonly number[]): number[] {
  if (left.length !== right.length)
    throw new RangeError(`${left.length} values on one side, ${right.length} on the other.`);
  return left.map((value, i) => value - right[i]);
}

/** The paired t test of differences by seed. Null with fewer than two. */
export function pairedTest(differences: readonly number[]): PairedTest | null {
  const n = differences.length;
  if (n < 2) return null;
  const [center, error] = [mean(differences), errorOf(differences)];
  // Equal differences: certain, or none at all.
  const certain = center === 0 ? 1 : 0;
  const p = error === 0 ? certain : 2 * studentTail(Math.abs(center) / error, n - 1);
  return { mean: center, sd: error * Math.sqrt(n), n, p };
}

/**
 * Two one-sided tests (Schuirmann 1987) that the mean difference lies within +-`bound`: the larger p. Below 0.05 exactly where the
 * 90 % interval lies inside. Null with fewer than two differences.
 */
export function equivalenceP(differences: readonly number[], bound: number): number | null {
  const n = differences.length;
  if (n < 2) return null;
  const error = errorOf(differences);
  const room = bound - Math.abs(mean(differences));
  if (error === 0) return room > 0 ? 0 : 1;
  return studentTail(room / error, n - 1);
}
