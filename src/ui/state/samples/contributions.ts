// What each reward term adds to a response's lead over its group: the terms as stored, weighted as the run weighed them.

import { extent, mean, standardDeviation } from '../../../base/numbers.ts';
import type { Settings } from '../../../config/index.ts';
import { TERMS, type TermWeights, termWeights } from '../../../terms/rewardTerms.ts';

/** The stored terms of one response, with `total`. */
export type StoredTerms = { readonly [term: string]: number };

export type RewardWeights = TermWeights & Pick<Settings, 'aggregation'>;

/** What one term adds to the difference between a response's total and the group's mean. */
export type Contribution = {
  term: string;
  weight: number;
  /** Value of the response, and the mean of its group. */
  value: number;
  mean: number;
  /** Share in (total - mean total). */
  points: number;
};

/** Totals that differ by less are equal: they are stored as float32. */
export const SAME_TOTAL = 1e-5;

/** Unbiased; 0 where all are equal. */
function spreadOf(values: readonly number[]): number {
  const [low, high] = extent(values);
  return high - low < SAME_TOTAL ? 0 : standardDeviation(values);
}

/**
 * The lead of the responses `of` (their mean, where they are several) over the mean of the group, parted into terms, the largest
 * share first. Null where the stored terms do not add up to the stored totals, so that no term can be made answerable.
 */
export function contributionsOf(
  group: readonly StoredTerms[],
  of: readonly number[],
  settings: RewardWeights,
): Contribution[] | null {
  const weights = termWeights(settings);
  const byTerm = TERMS.map((term): Contribution => {
    const weight = weights[term];
    const values = group.map((terms) => terms[term] ?? 0);
    const average = mean(values);
    const value = mean(of.map((i) => values[i] ?? 0));
    const spread = settings.aggregation === 'normalize_then_sum' ? spreadOf(values) : 1;
    const points = spread === 0 ? 0 : (weight * (value - average)) / spread;
    return { term, weight, value, mean: average, points };
  });
  const overlong = group.map((terms) => terms.overlong ?? 0);
  const penalty = { value: mean(of.map((i) => overlong[i] ?? 0)), mean: mean(overlong) };
  const all = [...byTerm, { term: 'overlong', weight: 1, ...penalty, points: penalty.value - penalty.mean }];
  const totals = group.map((terms) => terms.total ?? Number.NaN);
  const lead = mean(of.map((i) => totals[i] ?? Number.NaN)) - mean(totals);
  const sum = all.reduce((points, contribution) => points + contribution.points, 0);
  if (!(Math.abs(sum - lead) < 1e-3 * Math.max(1, Math.abs(lead)))) return null;
  return all.sort((a, b) => b.points - a.points);
}

/** Responses with the largest total; empty where all are equal. */
export function winnersOf(totals: readonly number[]): number[] {
  const [bottom, top] = extent(totals);
  if (!(top - bottom >= SAME_TOTAL)) return [];
  return totals.flatMap((total, i) => (top - total < SAME_TOTAL ? [i] : []));
}
