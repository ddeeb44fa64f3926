// Evaluations of several stages side by side: one row per score, differences with their intervals.

import type { EvaluationEvent } from '../../../protocol/messages.ts';
import { changeOf, type Difference, findScore, shownScores } from '../../../terms/scores.ts';
import type { SuiteScore } from '../../../terms/suites.ts';

/** A verdict in a word, with a mark that needs no colour. */
export const VERDICT_MARKS = {
  better: '▲ better',
  worse: '▼ worse',
  unclear: 'unclear',
  nonsense: '▼ only nonsense',
} as const;

/** Of a mark: `nonsense` looks as bad as `worse`. */
export const verdictClass = (verdict: Difference['verdict']) => (verdict === 'nonsense' ? 'worse' : verdict);

/** One score of several evaluations. */
export type ScoreRow = {
  suite: string;
  metric: string;
  better: 'higher' | 'lower';
  /** One per evaluation; null where it has no such score. */
  scores: readonly (SuiteScore | null)[];
};

export type EvaluationRow = ScoreRow & {
  /** Last score against the first; null with fewer than two. */
  difference: Difference | null;
};

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
    const [first, ...others] = evaluations.filter((_, index) => row.scores[index] !== null);
    const last = others.at(-1);
    return { ...row, difference: first && last ? changeOf(first.scores, last.scores, row) : null };
  });
}
