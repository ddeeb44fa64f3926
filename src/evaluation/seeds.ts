// Scores over several seeds: mean and bootstrap interval of each score.

import { findScore } from '../terms/scores.ts';
import type { SuiteScore } from '../terms/suites.ts';
import { bootstrapMean } from './intervals.ts';

/** A score over seeds: `value` is the mean, `low`..`high` its bootstrap 95 % interval, `n` the number of seeds. */
export type SeedScore = SuiteScore & { readonly values: readonly number[] };

/**
 * Scores that every run has, averaged. `uniform` gives numbers in [0, 1).
 * The interval speaks of the spread between seeds, not of the number of prompts.
 */
export function scoresOverSeeds(
  runs: readonly (readonly SuiteScore[])[],
  uniform: () => number,
): SeedScore[] {
  if (runs.length === 0) return [];
  return runs[0].flatMap((score) => {
    const same = runs.map((scores) => findScore(scores, score.suite, score.metric));
    if (same.some((found) => found === undefined)) return [];
    const values = same.map((found) => found!.value);
    return [{ ...score, ...bootstrapMean(values, uniform), n: runs.length, values }];
  });
}
