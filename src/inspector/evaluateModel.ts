// Every held-out suite on one policy, as the evaluation stages of a run do it.

import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import { scoreBy, scoreSuites } from '../evaluation/index.ts';
import { type DecodedScores, suitesOf } from '../terms/suites.ts';
import { type AnsweredSuite, answerSuite, scoresByDecoding } from '../training/evaluate.ts';
import type { OpenPolicy } from './modelCache.ts';

/** As a run's evaluation holds them. */
export type ModelScores = Required<DecodedScores> & {
  /** The first metric of each suite by attack and by task family; `metric` is the group. */
  byAttack: Required<DecodedScores>;
  byFamily: Required<DecodedScores>;
};

/**
 * `between` is awaited after each suite, with how many of all are done.
 * @param heads those that a filter asks, where the settings want one; null: there is none in front of this policy.
 */
export async function evaluateModel(
  open: OpenPolicy,
  settings: Settings,
  heads: EngineModel | null,
  between: (done: number, total: number) => Promise<void> = async () => undefined,
): Promise<ModelScores> {
  const { world, encoder, model: policy } = open;
  const answered: AnsweredSuite[] = [];
  const suites = suitesOf(settings);
  for (const suite of suites) {
    answered.push(await answerSuite({ settings, world }, { policy, encoder, rewardModel: heads }, suite));
    await between(answered.length, suites.length);
  }
  return {
    ...scoresByDecoding(answered, (suites) => scoreSuites(suites, world)),
    byAttack: scoresByDecoding(answered, (suites) => scoreBy('attack', suites, world)),
    byFamily: scoresByDecoding(answered, (suites) => scoreBy('family', suites, world)),
  };
}
