// Power of the paired t test: what a number of seeds can tell, and how many a difference needs.

import { exp, log } from '../base/exactMath.ts';
import { normalBelow } from './normal.ts';
import { studentQuantile } from './studentT.ts';

export type PowerOptions = {
  /** Two-sided level of the test. */
  alpha?: number;
  /** Chance to tell the difference that is there. */
  power?: number;
};

const ALPHA = 0.05;
const POWER = 0.8;
/** No plan has more seeds. */
const MOST_SEEDS = 100_000;
/** Intervals of Simpson's rule, and how many deviations of the spread it covers. */
const PARTS = 160;
const REACH = 10;

/**
 * Chance that the two-sided paired t test with `n` seeds tells a mean difference of `effect` standard deviations of the differences:
 * both tails of the noncentral t, as the mean over the chi-distributed spread s of P(|Z + effect sqrt(n)| > t s). To about 1e-6, with two seeds 3e-5.
 */
export function pairedPower(effect: number, n: number, alpha = ALPHA): number {
  const df = n - 1;
  const [critical, shift] = [studentQuantile(df, 1 - alpha), Math.abs(effect) * Math.sqrt(n)];
  const half = REACH / Math.sqrt(2 * df);
  const low = Math.max(0, 1 - half);
  const step = (1 + half - low) / PARTS;
  let [told, all] = [0, 0];
  for (let i = 0; i <= PARTS; i++) {
    const s = low + i * step;
    const density =
      df === 1 ? exp((-s * s) / 2) : s === 0 ? 0 : exp((df - 1) * log(s) - (df * (s * s - 1)) / 2);
    const weight = density * (i === 0 || i === PARTS ? 1 : i % 2 === 1 ? 4 : 2);
    told += weight * (normalBelow(shift - critical * s) + normalBelow(-shift - critical * s));
    all += weight;
  }
  return told / all;
}

/** The least number of seeds that tells a difference with that power, its differences having that standard deviation. */
export function seedsNeeded(
  difference: number,
  sd: number,
  { alpha = ALPHA, power = POWER }: PowerOptions = {},
) {
  if (sd === 0) return 2;
  const enough = (n: number) => pairedPower(difference / sd, n, alpha) >= power;
  let [low, high] = [1, 2];
  while (high < MOST_SEEDS && !enough(high)) [low, high] = [high, high * 2];
  if (high >= MOST_SEEDS) return Number.POSITIVE_INFINITY;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The smallest difference that `n` seeds tell with that power. */
export function smallestDifference(
  n: number,
  sd: number,
  { alpha = ALPHA, power = POWER }: PowerOptions = {},
): number {
  let [low, high] = [0, 1];
  while (pairedPower(high, n, alpha) < power) high *= 2;
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    if (pairedPower(middle, n, alpha) < power) low = middle;
    else high = middle;
  }
  return high * sd;
}
