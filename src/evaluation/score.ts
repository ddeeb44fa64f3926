// Scores suites: the oracle judges every response, the suite's metrics are tallied, each with its Wilson interval.

import type { Prompt, Suite, World } from '../world/types.ts';
import { EOS } from '../world/vocabulary.ts';
import { wilsonInterval } from './intervals.ts';
import { isFormatted, type Judged, share } from './measures.ts';
import { SUITE_TABLE, type SuiteMetric } from './suites.ts';
import type { SuiteScore } from './types.ts';

export type ScoredItem = {
  readonly prompt: Prompt;
  /** As sampled: with `<eos>` if, and only if, the policy emitted it. */
  readonly response: readonly number[];
};

/** The pooled format rate is filed under this name. */
export const ALL_SUITES = 'all';

const FORMAT: SuiteMetric = {
  metric: 'format',
  better: 'higher',
  help: 'Responses of the right shape: thought, answer, end.',
  tally: share(isFormatted),
};

function judgeAll(items: readonly ScoredItem[], world: Pick<World, 'judge'>): Judged[] {
  return items.map(({ prompt, response }) => ({
    prompt,
    judgement: world.judge(prompt, response),
    ended: response.includes(EOS),
  }));
}

function scoreMetric(suite: string, metric: SuiteMetric, judged: readonly Judged[]): SuiteScore {
  const { sum, n } = metric.tally(judged);
  return { suite, metric: metric.metric, ...wilsonInterval(sum, n), n, better: metric.better };
}

function scoreJudged(suite: Suite, judged: readonly Judged[]): SuiteScore[] {
  if (judged.length === 0) return [];
  return [...SUITE_TABLE[suite].metrics, FORMAT].map((metric) => scoreMetric(suite, metric, judged));
}

/** The metrics of one suite and its format rate, last; an empty list without items. The oracle judges, not the heads. */
export function scoreSuite(
  suite: Suite,
  items: readonly ScoredItem[],
  world: Pick<World, 'judge'>,
): SuiteScore[] {
  return scoreJudged(suite, judgeAll(items, world));
}

/** All suites of a stage, with the format rate over everything as suite `all`. */
export function scoreSuites(
  suites: readonly { readonly suite: Suite; readonly items: readonly ScoredItem[] }[],
  world: Pick<World, 'judge'>,
): SuiteScore[] {
  const judged = suites.map(({ suite, items }) => ({ suite, items: judgeAll(items, world) }));
  const everything = judged.flatMap(({ items }) => items);
  if (everything.length === 0) return [];
  return [
    ...judged.flatMap(({ suite, items }) => scoreJudged(suite, items)),
    scoreMetric(ALL_SUITES, FORMAT, everything),
  ];
}

/** One score by name, or undefined if it was not measured. */
export function findScore(
  scores: readonly SuiteScore[],
  suite: string,
  metric: string,
): SuiteScore | undefined {
  return scores.find((score) => score.suite === suite && score.metric === metric);
}
