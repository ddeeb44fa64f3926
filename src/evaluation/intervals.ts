// Intervals: Wilson for a share, Newcombe for a difference of shares, bootstrap for a mean over seeds.

/** Two-sided 95 % quantile of the standard normal. */
export const Z95 = 1.959963984540054;

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

/** Quantile of a sorted list by linear interpolation. */
function quantile(sorted: readonly number[], q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/**
 * Percentile bootstrap interval of the mean (Efron 1979).
 * @param uniform gives numbers in [0, 1); pass a seeded stream, so that the same runs give the same interval.
 */
export function bootstrapMean(
  values: readonly number[],
  uniform: () => number,
  options: { draws?: number; confidence?: number } = {},
): Interval {
  const { draws = 2000, confidence = 0.95 } = options;
  if (values.length === 0) throw new RangeError('No values to take the mean of.');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const means = Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(uniform() * values.length)];
    return sum / values.length;
  }).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { value: mean, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}
