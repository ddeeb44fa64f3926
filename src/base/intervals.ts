// Intervals: Wilson for a share, Newcombe for a difference of shares.

/** Two-sided 95 % quantile of the standard normal. */
const Z95 = 1.959963984540054;

export type Interval = { value: number; low: number; high: number };

/**
 * Wilson score interval of a share (Wilson 1927). `sum` may be fractional when items score between 0 and 1;
 * the interval is then conservative, for such items vary less than coin flips. Without items: 0..1.
 */
export function wilsonInterval(sum: number, n: number, z: number = Z95): Interval {
  if (!(n >= 0) || !(sum >= 0) || sum > n + 1e-9) throw new RangeError(`No share: ${sum} of ${n}.`);
  if (n === 0) return { value: 0, low: 0, high: 1 };
  const share = Math.min(1, sum / n);
  const z2 = z * z;
  const center = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return {
    value: share,
    low: share === 0 ? 0 : Math.max(0, center - half),
    high: share === 1 ? 1 : Math.min(1, center + half),
  };
}

/**
 * Interval of `after - before` for two independent shares from their own Wilson limits
 * (Newcombe 1998, Statistics in Medicine 17:873, method 10).
 */
export function differenceInterval(before: Interval, after: Interval): Interval {
  const value = after.value - before.value;
  return {
    value,
    low: value - Math.hypot(after.value - after.low, before.high - before.value),
    high: value + Math.hypot(after.high - after.value, before.value - before.low),
  };
}
