// Comparison of two stages or runs: differences in percentage points, with an interval and whether they are for the better.

import { difference, findScore } from '../terms/scores.ts';
import type { StageEvaluation, SuiteScore } from '../terms/suites.ts';

export type ScoreDifference = {
  suite: string;
  metric: string;
  better: 'higher' | 'lower';
  before: SuiteScore;
  after: SuiteScore;
  /** after - before, in percentage points, with its 95 % interval (Newcombe). */
  points: number;
  lowPoints: number;
  highPoints: number;
  /** `unclear` where the interval includes 0. */
  change: 'better' | 'worse' | 'unclear';
};

/** Differences for every score that both have, in the order of `after`. */
export function compareStages(
  before: Pick<StageEvaluation, 'scores'>,
  after: Pick<StageEvaluation, 'scores'>,
): ScoreDifference[] {
  return after.scores.flatMap((score) => {
    const earlier = findScore(before.scores, score.suite, score.metric);
    if (!earlier) return [];
    const { value, low, high, verdict } = difference(earlier, score);
    return [
      {
        suite: score.suite,
        metric: score.metric,
        better: score.better,
        before: earlier,
        after: score,
        points: 100 * value,
        lowPoints: 100 * low,
        highPoints: 100 * high,
        change: verdict,
      },
    ];
  });
}
