// The bootstrap interval of a mean difference, which asks for no normal distribution: BCa.

import { mean } from '../base/numbers.ts';
import { RandomStream } from '../random/philox.ts';
import type { Estimate } from './estimates.ts';
import { normalBelow, normalQuantile } from './normal.ts';

const RESAMPLES = 10_000;

/**
 * Bias-corrected and accelerated interval of the mean (Efron 1987, JASA 82:171), its resamples drawn with counted random numbers: the
 * same differences and seed give the same limits everywhere. With fewer than about eight seeds it is too narrow; the t interval decides.
 */
export function bootstrapEstimate(
  differences: readonly number[],
  { confidence = 0.95, seed = 0, resamples = RESAMPLES } = {},
): Estimate | null {
  const n = differences.length;
  if (n === 0) return null;
  const center = mean(differences);
  if (n === 1) return { mean: center, low: null, high: null, n };
  if (differences.every((value) => value === differences[0]))
    return { mean: center, low: center, high: center, n };
  const random = new RandomStream(seed, 'paired-bootstrap', n);
  const means = Float64Array.from({ length: resamples }, () => {
    let total = 0;
    for (let i = 0; i < n; i++) total += differences[random.int(n)];
    return total / n;
  }).sort();
  // Ties count half. Resamples of all values, in whatever order, differ from the mean by rounding alone.
  const tie = 1e-12 * (means[means.length - 1] - means[0]);
  let below = 0;
  for (const value of means) below += value < center - tie ? 1 : value <= center + tie ? 0.5 : 0;
  const bias = normalQuantile(below / resamples);
  const acceleration = accelerationOf(differences, center);
  const limit = (probability: number) => {
    const z = bias + normalQuantile(probability);
    return quantile(means, normalBelow(bias + z / (1 - acceleration * z)));
  };
  const tail = (1 - confidence) / 2;
  return { mean: center, low: limit(tail), high: limit(1 - tail), n };
}

/** From the jackknife, whose means differ from the mean as the values do, with the other sign. */
function accelerationOf(values: readonly number[], center: number): number {
  let [squares, cubes] = [0, 0];
  for (const value of values) {
    squares += (value - center) ** 2;
    cubes += (value - center) ** 3;
  }
  const spread = squares * Math.sqrt(squares);
  // Of values that differ by almost nothing it is lost in rounding.
  return spread > 0 ? cubes / (6 * spread) : 0;
}

/** Between two values of a sorted list it lies on the line. */
function quantile(sorted: Float64Array, probability: number): number {
  const place = probability * (sorted.length - 1);
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}
