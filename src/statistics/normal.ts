// The standard normal: distribution function and quantiles.

import { exp } from '../base/exactMath.ts';

/** Beyond it the function is 0 or 1 within 1e-16. */
const FAR = 8.3;

/** P(Z <= z), to about 1e-15: the series of Marsaglia 2004, "Evaluating the normal distribution", J. Stat. Software 11(4). */
export function normalBelow(z: number): number {
  if (z > FAR) return 1;
  if (z < -FAR) return 0;
  let [term, sum] = [z, z];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + (sum * exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The z with P(Z <= z) = `probability`, by bisection, within +-8.3. */
export function normalQuantile(probability: number): number {
  let [low, high] = [-FAR, FAR];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
