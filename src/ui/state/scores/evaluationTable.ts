// Evaluations of several stages side by side: one row per score, differences with their intervals.

import type { EvaluationEvent } from '../../../protocol/messages.ts';
import { findScore, shownScores } from '../../../terms/scores.ts';
import type { SuiteScore } from '../../../terms/suites.ts';

/** Difference of two shares, later minus earlier, with its 95 % interval, all in 0..1. */
export type Difference = {
  value: number;
  low: number;
  high: number;
  /** `unclear` when the interval holds 0. */
  verdict: 'better' | 'worse' | 'unclear';
};

/** A verdict in a word, with a mark that needs no colour. */
export const VERDICT_MARKS = { better: '▲ better', worse: '▼ worse', unclear: 'unclear' } as const;

export type EvaluationRow = {
  suite: string;
  metric: string;
  better: 'higher' | 'lower';
  /** One per stage; null where the stage has no such score. */
  scores: readonly (SuiteScore | null)[];
  /** Last score against the first; null with fewer than two. */
  difference: Difference | null;
};

/**
 * Newcombe's interval for the difference of two independent proportions from their Wilson intervals
 * (Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10).
 */
export function difference(before: SuiteScore, after: SuiteScore): Difference {
  const value = after.value - before.value;
  const low = value - Math.hypot(after.value - after.low, before.high - before.value);
  const high = value + Math.hypot(after.high - after.value, before.value - before.low);
  const up = low > 0;
  const down = high < 0;
  if (!up && !down) return { value, low, high, verdict: 'unclear' };
  return { value, low, high, verdict: up === (after.better === 'higher') ? 'better' : 'worse' };
}

/** One score of several evaluations; null where one has no such score. */
export type ScoreRow = Pick<EvaluationRow, 'suite' | 'metric' | 'better' | 'scores'>;

export function scoreRows(evaluations: readonly (Pick<EvaluationEvent, 'scores'> | null)[]): ScoreRow[] {
  return shownScores(evaluations.filter((each) => each !== null)).map(({ suite, metric, better }) => ({
    suite,
    metric,
    better,
    scores: evaluations.map((each) => findScore(each?.scores ?? [], suite, metric) ?? null),
  }));
}

export function evaluationRows(evaluations: readonly EvaluationEvent[]): EvaluationRow[] {
  return scoreRows(evaluations).map((row) => {
    const [first, ...others] = row.scores.filter((score) => score !== null);
    const last = others.at(-1);
    return { ...row, difference: first && last ? difference(first, last) : null };
  });
}
