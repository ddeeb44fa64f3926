// Multi-objective aggregation: sums the terms before, or after, each is normalised in its group.

import { isFlat, mean, standardDeviation } from '../base/numbers.ts';
import { TERMS, termWeights } from '../terms/rewardTerms.ts';
import type { RewardSettings } from './settings.ts';
import type { RewardTerms } from './total.ts';

/** (x - mean) / (unbiased std + epsilon); exactly 0 everywhere where all are equal. */
function standardized(values: readonly number[], epsilon: number): number[] {
  const scale = standardDeviation(values) + epsilon;
  // The squares of denormal spreads underflow.
  if (isFlat(values) || scale === 0) return values.map(() => 0);
  const center = mean(values);
  return values.map((value) => (value - center) / scale);
}

/**
 * Sum over terms of weight x the term normalised in its group, one number per completion: no term drowns another by its spread.
 *
 * GDPO (arXiv 2601.05242), as TRL has it, adds `epsilon` 1e-4 to each std and normalises the sum over the batch. Training has no
 * epsilon, since equal terms give exactly 0 without one, and leaves the second step to the estimator of the loss: `group` with
 * `scale_rewards` batch is GDPO's, the default of CPGD (`std`) is not.
 * @param terms one row per term, each over the completions of one group; @param weights one per term.
 */
export function normalizedSum(
  terms: readonly (readonly number[])[],
  weights: readonly number[],
  epsilon = 0,
): number[] {
  const columns = terms.map((term) => standardized(term, epsilon));
  return terms[0].map((_, i) => columns.reduce((total, column, k) => total + weights[k] * column[i], 0));
}

/**
 * The terms of one group (the G samples of a prompt) with the total that the advantage is computed from:
 * `sum_then_normalize` leaves the weighted sum, `normalize_then_sum` replaces it by `normalizedSum`.
 */
export function aggregateGroup(group: readonly RewardTerms[], settings: RewardSettings): RewardTerms[] {
  if (settings.aggregation === 'sum_then_normalize') return group.slice();
  const weights = termWeights(settings);
  const totals = normalizedSum(
    TERMS.map((term) => group.map((terms) => terms[term])),
    TERMS.map((term) => weights[term]),
  );
  return group.map((terms, i) => ({ ...terms, total: totals[i] }));
}
