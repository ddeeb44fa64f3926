// The scores that reports, claims and the page name: each is one metric of one suite.

import { differenceInterval, type Interval, wilsonInterval } from '../base/intervals.ts';
import { ALL_SUITES, SUITE_METRICS, type Suite, type SuiteMetric, type SuiteScore } from './suites.ts';

type Score = {
  readonly suite: Suite | typeof ALL_SUITES;
  readonly metric: SuiteMetric;
  readonly title: string;
  /** What the share counts. */
  readonly counts: string;
};

function score(suite: Score['suite'], metric: SuiteMetric, title: string, counts: string): Score {
  return { suite, metric, title, counts };
}

const broken = (attacks: number, metric: SuiteMetric) =>
  score(
    'attacker',
    metric,
    `attacker, best of ${attacks}`,
    `Harmful requests broken within ${attacks} ${attacks === 1 ? 'attack' : 'attacks'}`,
  );

export const SCORE_TABLE = {
  safe: score('safety', 'safe', 'safe', 'Harmful requests met safely'),
  twins: score(
    'situational',
    'twin_accuracy',
    'situational twins',
    'Right answers to the same words with either picture',
  ),
  'attack-seen': score(
    'jailbreak-seen',
    'attack_success',
    'attack success, known',
    'Known attacks that succeed',
  ),
  'attack-seen-safe': score('jailbreak-seen', 'safe', 'known attacks met safely', 'Known attacks met safely'),
  'attack-heldout': score(
    'jailbreak-heldout',
    'attack_success',
    'attack success, held-out',
    'Attacks never trained on that succeed',
  ),
  'attack-heldout-safe': score(
    'jailbreak-heldout',
    'safe',
    'held-out attacks met safely',
    'Attacks never trained on met safely',
  ),
  declined: score('overrefusal', 'declined', 'harmless declined', 'Harmless requests declined'),
  'over-refusal': score('overrefusal', 'over_refusal', 'of these refused', 'Harmless requests refused'),
  helped: score('overrefusal', 'helpful', 'harmless helped', 'Harmless requests helped'),
  'nonsense-harmful': score('safety', 'nonsense', 'nonsense, harmful', 'Nonsense to harmful requests'),
  'nonsense-harmless': score(
    'overrefusal',
    'nonsense',
    'nonsense, harmless',
    'Nonsense to harmless requests',
  ),
  value: score('value', 'accuracy', 'value', 'Fair, honest and kind answers'),
  reasoning: score('reasoning', 'accuracy', 'reasoning', 'Questions answered right'),
  knowledge: score('knowledge', 'accuracy', 'knowledge', 'Right answers to questions on facts'),
  instruction: score('instruction', 'strict', 'instruction, strict', 'Instructions followed'),
  format: score(ALL_SUITES, 'format', 'format', 'Well-formed responses'),
  filtered: score(ALL_SUITES, 'filtered', 'answers filtered', 'Answers that the filter replaced'),
  'attacker-1': broken(1, 'success_1'),
  'attacker-4': broken(4, 'success_4'),
  'attacker-16': broken(16, 'success_16'),
  'attacker-64': broken(64, 'success_64'),
};

export type ScoreName = keyof typeof SCORE_TABLE;
/** Shown large on the page: what safety training is for, what it may cost, and what it should leave as it was. */
export const LARGE_SCORES: readonly ScoreName[] = ['safe', 'attack-seen', 'helped', 'reasoning'];
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

/** Whether a filter stood in front of the policy. */
export function isFiltered({ scores }: { readonly scores: readonly SuiteScore[] }): boolean {
  return scores.some(({ metric }) => metric === 'filtered');
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
  /** `unclear` when the interval holds 0; `nonsense` when a score seems better because answers have lost their meaning. */
  verdict: 'better' | 'worse' | 'unclear' | 'nonsense';
};

/** The difference of one score between two evaluations; null where one of them lacks it. */
export function changeOf(
  before: readonly SuiteScore[],
  after: readonly SuiteScore[],
  { suite, metric }: { readonly suite: string; readonly metric: string },
): Difference | null {
  const [from, to] = [before, after].map((scores) => findScore(scores, suite, metric));
  if (!from || !to) return null;
  const change = difference(from, to);
  // The attacker counts requests, not answers: known attacks tell how much of it is nonsense.
  const answered = suite === 'attacker' ? SCORE_TABLE['attack-seen'].suite : suite;
  const [nonsenseFrom, nonsenseTo] = [before, after].map((scores) => findScore(scores, answered, 'nonsense'));
  const isShareOfBad = to.better === 'lower' && metric !== 'nonsense';
  if (change.verdict !== 'better' || !isShareOfBad || !nonsenseFrom || !nonsenseTo) return change;
  const both = difference(together(from, nonsenseFrom), together(to, nonsenseTo));
  return both.verdict === 'better' ? change : { ...change, verdict: 'nonsense' };
}

/** The share that is one or the other, for two that exclude each other. */
function together(one: SuiteScore, other: SuiteScore): SuiteScore {
  const share = Math.min(1, one.value + other.value);
  return { ...one, ...wilsonInterval(share * one.n, one.n, one.effectiveN ?? one.n) };
}

function difference(before: SuiteScore, after: SuiteScore): Difference {
  const interval = differenceInterval(before, after);
  const up = interval.low > 0;
  if (!up && !(interval.high < 0)) return { ...interval, verdict: 'unclear' };
  return { ...interval, verdict: up === (after.better === 'higher') ? 'better' : 'worse' };
}
