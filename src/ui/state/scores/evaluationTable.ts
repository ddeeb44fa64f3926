// Evaluations of several stages side by side: one row per score, differences with their intervals.

import type { EvaluationEvent } from '../../../protocol/messages.ts';
import { type Difference, difference, findScore, shownScores } from '../../../terms/scores.ts';
import type { SuiteScore } from '../../../terms/suites.ts';

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
