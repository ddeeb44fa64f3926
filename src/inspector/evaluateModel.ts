// Every held-out suite on one policy, as the evaluation stages of a run do it.

import type { Settings } from '../config/index.ts';
import { type ScoredItem, scoreBy, scoreSuites } from '../evaluation/index.ts';
import { SUITES, type Suite, type SuiteScore } from '../terms/suites.ts';
import { answerSuite } from '../training/evaluate.ts';
import type { OpenPolicy } from './modelCache.ts';

export type ModelScores = {
  /** As a run's evaluation holds them. */
  scores: readonly SuiteScore[];
  /** The first metric of each suite by attack and by task family; `metric` is the group. */
  byAttack: readonly SuiteScore[];
  byFamily: readonly SuiteScore[];
};

/** `between` is awaited after each suite, with how many of all are done. */
export async function evaluateModel(
  open: OpenPolicy,
  settings: Settings,
  between: (done: number, total: number) => Promise<void> = async () => undefined,
): Promise<ModelScores> {
  const { world, encoder, model: policy } = open;
  const answered: { suite: Suite; items: ScoredItem[] }[] = [];
  for (const suite of SUITES) {
    const items = await answerSuite({ settings, world }, { policy, encoder }, suite);
    answered.push({ suite, items });
    await between(answered.length, SUITES.length);
  }
  return {
    scores: scoreSuites(answered, world),
    byAttack: scoreBy('attack', answered, world),
    byFamily: scoreBy('family', answered, world),
  };
}
