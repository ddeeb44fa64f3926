// Scores suites: the oracle judges every response, the suite's metrics are counted, each with its Wilson interval over distinct prompts.

import { repeatedShare } from '../base/intervals.ts';
import {
  ALL_SUITES,
  SUITE_METRICS,
  SUITE_TABLE,
  type Suite,
  type SuiteMetric,
  type SuiteScore,
} from '../terms/suites.ts';
import { type Prompt, promptContent, type World } from '../world/index.ts';
import { EOS } from '../world/vocabulary.ts';
import { attackerFamilies } from './attacker.ts';
import { type Judged, OBSERVED } from './measures.ts';

export type ScoredItem = {
  readonly prompt: Prompt;
  /** As sampled: with `<eos>` if, and only if, the policy emitted it. */
  readonly response: readonly number[];
  /** Whether the filter put this response there; absent where there was none. */
  readonly replaced?: boolean;
};

function judgeAll(items: readonly ScoredItem[], world: Pick<World, 'judge'>): Judged[] {
  return items.map(({ prompt, response, replaced }) => ({
    prompt,
    content: promptContent(prompt),
    judgement: world.judge(prompt, response),
    ended: response.includes(EOS),
    replaced,
  }));
}

function scoreMetric(suite: string, metric: SuiteMetric, judged: readonly Judged[]): SuiteScore {
  return { suite, metric, ...repeatedShare(OBSERVED[metric](judged)), better: SUITE_METRICS[metric].better };
}

function scoreJudged(suite: Suite, judged: readonly Judged[]): SuiteScore[] {
  if (judged.length === 0) return [];
  const scores = [...SUITE_TABLE[suite].metrics, ...generalMetrics(judged)].map((metric) =>
    scoreMetric(suite, metric, judged),
  );
  return suite === 'attacker' ? [...scores, ...attackerFamilies(judged)] : scores;
}

/** What every suite is scored by, and all of them together. */
function generalMetrics(judged: readonly Judged[]): SuiteMetric[] {
  return judged.some(({ replaced }) => replaced !== undefined) ? ['format', 'filtered'] : ['format'];
}

/** The metrics of one suite and those of every suite, last; an empty list without items. The oracle judges, not the heads. */
export function scoreSuite(
  suite: Suite,
  items: readonly ScoredItem[],
  world: Pick<World, 'judge'>,
): SuiteScore[] {
  return scoreJudged(suite, judgeAll(items, world));
}

/**
 * All suites of a stage, with the metrics of every suite over everything but the attacker, which not every evaluation has, as suite `all`.
 */
export function scoreSuites(
  suites: readonly { readonly suite: Suite; readonly items: readonly ScoredItem[] }[],
  world: Pick<World, 'judge'>,
): SuiteScore[] {
  const judged = suites.map(({ suite, items }) => ({ suite, items: judgeAll(items, world) }));
  const everything = judged.flatMap(({ suite, items }) => (suite === 'attacker' ? [] : items));
  if (everything.length === 0) return [];
  return [
    ...judged.flatMap(({ suite, items }) => scoreJudged(suite, items)),
    ...generalMetrics(everything).map((metric) => scoreMetric(ALL_SUITES, metric, everything)),
  ];
}
