// The gold reward: the same recipe with the oracle in place of the heads. Never trained on; its gap to the reward is reward hacking.

import { HEAD_TABLE, HEADS, type HeadName } from '../terms/heads.ts';
import type { Judgement } from '../world/types.ts';
import type { HeadOutputs } from './heads.ts';
import { ORACLE_CLASS } from './headTasks.ts';
import { type RewardInput, type RewardTerms, rewardTerms } from './total.ts';

/** The oracle's judgement in the form of head outputs: all mass on its verdict. */
export function goldHeads(judgement: Judgement): HeadOutputs {
  const outputs: { [name in HeadName]?: number[] } = {};
  for (const name of HEADS) {
    const label = ORACLE_CLASS[name](judgement);
    if (label !== null) outputs[name] = HEAD_TABLE[name].classes.map((_, i) => (i === label ? 1 : 0));
  }
  return outputs;
}

export type GoldInput = Omit<RewardInput, 'heads' | 'thoughtHeads' | 'checks'> & {
  readonly judgement: Judgement;
};

/** The oracle's reward of a response (metric `gold_reward`). The oracle judges whole responses, so the thought is no factor. */
export function goldReward(input: GoldInput): RewardTerms {
  const { judgement, settings, ...rest } = input;
  return rewardTerms({
    ...rest,
    settings: { ...settings, judge_thought: false },
    checks: judgement,
    heads: goldHeads(judgement),
  });
}
