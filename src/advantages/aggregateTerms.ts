// From several reward terms to one reward: sum, or normalise each term in its group first.

import { centered, groupsOf } from './groups.ts';

export type AggregationMode = 'sum_then_normalize' | 'normalize_then_sum';

/**
 * Weighted total of reward terms, [B].
 *
 * `sum_then_normalize` is the plain weighted sum: the advantage estimator normalises it afterwards.
 * `normalize_then_sum` first turns each term into (r - mean_group) / (std_group + epsilon), exactly 0 in groups where the
 * term does not vary, so that a term with a large spread does not drown the others (GDPO, arXiv 2601.05242).
 * @param terms one row per term, each [B]; @param weights one per term.
 * @throws Error when the numbers of terms and weights differ.
 */
export function aggregateTerms(
  terms: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  groupSize: number,
  mode: AggregationMode,
  epsilon = 1e-4,
): Float64Array {
  if (terms.length !== weights.length) {
    throw new Error(
      `There are ${terms.length} reward terms but ${weights.length} weights: give one weight a term.`,
    );
  }
  const total = new Float64Array(terms[0]?.length ?? 0);
  terms.forEach((term, k) => {
    const values =
      mode === 'sum_then_normalize'
        ? term
        : centered(term, groupsOf(term, groupSize), (group) => 1 / (group.std + epsilon));
    for (let b = 0; b < total.length; b += 1) total[b] += weights[k] * values[b];
  });
  return total;
}
