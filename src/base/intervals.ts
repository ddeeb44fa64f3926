// Intervals: Wilson for a share, Newcombe for a difference of shares.

import { hypot } from './exactMath.ts';

/** Two-sided 95 % quantile of the standard normal. */
const Z95 = 1.959963984540054;

export type Interval = { value: number; low: number; high: number };

/** Observations, some of which repeat one another: `sum` of `of` possible points, and what each is an observation of. */
export type Observation = { readonly sum: number; readonly of: number; readonly key: string };

/** A share of repeated observations with its interval. `n`: points possible; `effectiveN`: what the interval counts. */
type RepeatedShare = Interval & { n: number; effectiveN: number };

/**
 * Wilson score interval (Wilson 1927) of a share. `sum` may be fractional when items score between 0 and 1;
 * the interval is then conservative, for such items vary less than coin flips. Without items: 0..1.
 * @param effectiveN what the width is counted by, where observations repeat one another.
 */
export function wilsonInterval(sum: number, n: number, effectiveN: number = n): Interval {
  if (!(n >= 0) || !(sum >= 0) || sum > n + 1e-9) throw new RangeError(`No share: ${sum} of ${n}.`);
  if (n === 0) return { value: 0, low: 0, high: 1 };
  const share = Math.min(1, sum / n);
  const z2 = Z95 * Z95;
  const center = (share + z2 / (2 * effectiveN)) / (1 + z2 / effectiveN);
  const spread = (share * (1 - share)) / effectiveN + z2 / (4 * effectiveN * effectiveN);
  const half = (Z95 * Math.sqrt(spread)) / (1 + z2 / effectiveN);
  return {
    value: share,
    low: share === 0 ? 0 : Math.max(0, center - half),
    high: share === 1 ? 1 : Math.min(1, center + half),
  };
}

/**
 * Effective number of observations (Kish 1965, "Survey Sampling"): (sum c)^2 / (sum c^2) over the points c of each distinct one.
 * Those with the same key count as if they agreed, which is the widest that the interval can be; without repeats it is their number.
 */
export function effectiveCount(observations: readonly Pick<Observation, 'of' | 'key'>[]): number {
  const counts = new Map<string, number>();
  for (const { of, key } of observations) counts.set(key, (counts.get(key) ?? 0) + of);
  let [total, squares] = [0, 0];
  for (const count of counts.values()) {
    total += count;
    squares += count * count;
  }
  return squares === 0 ? 0 : (total * total) / squares;
}

/** The share of all points, with the Wilson interval of as many observations as are distinct. */
export function repeatedShare(observations: readonly Observation[]): RepeatedShare {
  let [sum, n] = [0, 0];
  for (const each of observations) {
    sum += each.sum;
    n += each.of;
  }
  const effectiveN = effectiveCount(observations);
  return { ...wilsonInterval(sum, n, effectiveN), n, effectiveN };
}

/**
 * Interval of `after - before` for two independent shares from their own Wilson limits
 * (Newcombe 1998, Statistics in Medicine 17:873, method 10).
 */
export function differenceInterval(before: Interval, after: Interval): Interval {
  const value = after.value - before.value;
  return {
    value,
    low: value - hypot(after.value - after.low, before.high - before.value),
    high: value + hypot(after.high - after.value, before.value - before.low),
  };
}
