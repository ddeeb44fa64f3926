// Multi-objective aggregation: sums the terms before, or after, each is normalised in its group.

import { TERMS, type Term, termWeights } from './recipe.ts';
import type { RewardSettings } from './settings.ts';
import type { RewardTerms } from './total.ts';

/** Spreads below this share of the largest value are float32 rounding (two units in the last place), not preference. */
const ROUNDING_SHARE = 2 ** -22;

/** (x - mean) / unbiased std; exactly 0 everywhere if all are equal (no epsilon: rounding would be blown up). */
export function standardize(values: readonly number[]): number[] {
  const spread = Math.max(...values) - Math.min(...values);
  if (!(spread > ROUNDING_SHARE * Math.max(...values.map(Math.abs)))) return values.map(() => 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = Math.sqrt(squares / (values.length - 1));
  // The squares of denormal spreads underflow.
  return values.map((value) => (std === 0 ? 0 : (value - mean) / std));
}

/**
 * The terms of one group (the G samples of a prompt) with the total that the advantage is computed from.
 * `sum_then_normalize` leaves the weighted sum. `normalize_then_sum` replaces it by
 * sum over terms of w * (R_term - mean_group) / std_group, so that no term drowns another by its spread.
 */
export function aggregateGroup(group: readonly RewardTerms[], settings: RewardSettings): RewardTerms[] {
  if (settings.aggregation === 'sum_then_normalize') return group.slice();
  const weights = termWeights(settings);
  const columns = TERMS.map((term: Term) => ({
    weight: weights[term],
    values: standardize(group.map((terms) => terms[term])),
  }));
  return group.map((terms, i) => ({
    ...terms,
    total: columns.reduce((total, { weight, values }) => total + weight * values[i], 0),
  }));
}
