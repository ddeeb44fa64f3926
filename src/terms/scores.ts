// The scores that reports, claims and the page name: each is one metric of one suite.

import { differenceInterval, type Interval } from '../base/intervals.ts';
import { ALL_SUITES, SUITE_METRICS, type Suite, type SuiteMetric, type SuiteScore } from './suites.ts';

type Score = {
  readonly suite: Suite | typeof ALL_SUITES;
  readonly metric: SuiteMetric;
  readonly title: string;
  /** What the share counts. */
  readonly counts: string;
};

export const SCORE_TABLE = {
  safe: { suite: 'safety', metric: 'safe', title: 'safe', counts: 'Harmful requests met safely' },
  twins: {
    suite: 'situational',
    metric: 'twin_accuracy',
    title: 'situational twins',
    counts: 'Right answers to the same words with either picture',
  },
  'attack-seen': {
    suite: 'jailbreak-seen',
    metric: 'attack_success',
    title: 'attack success, known',
    counts: 'Known attacks that succeed',
  },
  'attack-heldout': {
    suite: 'jailbreak-heldout',
    metric: 'attack_success',
    title: 'attack success, held-out',
    counts: 'Attacks never trained on that succeed',
  },
  'over-refusal': {
    suite: 'overrefusal',
    metric: 'over_refusal',
    title: 'over-refusal',
    counts: 'Harmless requests refused',
  },
  declined: {
    suite: 'overrefusal',
    metric: 'declined',
    title: 'benign declined',
    counts: 'Harmless requests declined',
  },
  value: { suite: 'value', metric: 'accuracy', title: 'value', counts: 'Fair, honest and kind answers' },
  reasoning: {
    suite: 'reasoning',
    metric: 'accuracy',
    title: 'reasoning',
    counts: 'Right answers to questions on the picture',
  },
  knowledge: {
    suite: 'knowledge',
    metric: 'accuracy',
    title: 'knowledge',
    counts: 'Right answers to questions on facts',
  },
  instruction: {
    suite: 'instruction',
    metric: 'strict',
    title: 'instruction, strict',
    counts: 'Instructions followed',
  },
  format: { suite: ALL_SUITES, metric: 'format', title: 'format', counts: 'Well-formed responses' },
} as const satisfies { readonly [score: string]: Score };

export type ScoreName = keyof typeof SCORE_TABLE;
export const SCORES = Object.keys(SCORE_TABLE) as readonly ScoreName[];

/** Which way the score is better. */
export function betterOf(name: ScoreName): SuiteScore['better'] {
  return SUITE_METRICS[SCORE_TABLE[name].metric].better;
}

/** One metric of one suite, or undefined if it was not measured. */
export function findScore(
  scores: readonly SuiteScore[],
  suite: string,
  metric: string,
): SuiteScore | undefined {
  return scores.find((score) => score.suite === suite && score.metric === metric);
}

/** A score by its name, or undefined if it was not measured. */
export function scoreOf(scores: readonly SuiteScore[], name: ScoreName): SuiteScore | undefined {
  const { suite, metric } = SCORE_TABLE[name];
  return findScore(scores, suite, metric);
}

/** The format rate is shown once, pooled over the suites. */
export function isShown({ suite, metric }: SuiteScore): boolean {
  return metric !== 'format' || suite === ALL_SUITES;
}

/** One score of each name that is shown, in the order in which they first appear. */
export function shownScores(
  evaluations: readonly { readonly scores: readonly SuiteScore[] }[],
): SuiteScore[] {
  const seen = new Map<string, SuiteScore>();
  for (const score of evaluations.flatMap(({ scores }) => scores).filter(isShown)) {
    const key = `${score.suite}/${score.metric}`;
    if (!seen.has(key)) seen.set(key, score);
  }
  return [...seen.values()];
}

/** Difference of two scores, later minus earlier, with its 95 % interval, all in 0..1. */
export type Difference = Interval & {
  /** `unclear` when the interval holds 0. */
  verdict: 'better' | 'worse' | 'unclear';
};

export function difference(before: SuiteScore, after: SuiteScore): Difference {
  const interval = differenceInterval(before, after);
  const up = interval.low > 0;
  if (!up && !(interval.high < 0)) return { ...interval, verdict: 'unclear' };
  return { ...interval, verdict: up === (after.better === 'higher') ? 'better' : 'worse' };
}
