// What sampled responses earn: verdicts of heads and oracle, every reward term, the total that is trained on.

import { overlongPenalty } from '../advantages/index.ts';
import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import {
  aggregateGroup,
  goldReward,
  type HeadOutputs,
  neededHeads,
  type RewardTerms,
  rewardTerms,
  splitResponse,
  thoughtIsJudged,
} from '../rewards/index.ts';
import type { Judgement, Prompt } from '../world/types.ts';
import type { TrainingContext } from './context.ts';
import { judgeParts } from './judges.ts';
import type { JudgedItem } from './rewardModel.ts';
import type { SequenceEncoder } from './sequences.ts';

/** The reward terms of a response as they are stored, shown and trained on. */
export type SampleTerms = RewardTerms & {
  /** What the overlong penalty takes off, 0 or below; part of the total with weight 1. */
  readonly overlong: number;
  /** The weighted sum before any normalisation in the group; the same as the total under `sum_then_normalize`. */
  readonly weighted_sum: number;
};

/** DAPO's soft overlong penalty (arXiv 2503.14476, Eq. 13) times its setting; 0 or below. */
export function overlongTerm(
  length: number,
  settings: Pick<Settings, 'overlong_penalty' | 'overlong_stretch' | 'max_response_tokens'>,
): number {
  const { overlong_penalty: most, overlong_stretch, max_response_tokens: limit } = settings;
  const stretch = Math.max(1, Math.round(limit * overlong_stretch));
  const share = overlongPenalty(length, limit, stretch);
  return most === 0 || share === 0 ? 0 : most * share;
}

/**
 * The terms of one group with the total that the advantage is computed from: aggregated as the settings say, then less the
 * overlong penalty, which stays outside the normalisation.
 */
export function trainedTerms(
  group: readonly RewardTerms[],
  overlong: readonly number[],
  settings: Settings,
): SampleTerms[] {
  return aggregateGroup(group, settings).map((terms, i) => ({
    ...terms,
    overlong: overlong[i],
    total: terms.total + overlong[i],
    weighted_sum: group[i].total + overlong[i],
  }));
}

/** What one response earns by itself, before its group and its length are looked at. */
export type OwnReward = {
  terms: RewardTerms;
  /** Of the heads that the reward asked, on the answer. */
  heads: HeadOutputs;
  judgement: Judgement;
  /** The oracle's reward; shown, never trained on. */
  gold: number;
};

export type RewardOptions = {
  /** Per response, what `visualMeasures` gave; absent where the recipe measures nothing on the policy. */
  measures?: readonly (number | undefined)[];
  /** Asks the judges. */
  judge?: typeof judgeParts;
};

/** All reward terms of a list of responses. @throws PlaygroundError `missing-head` when a label needs a head that is not there. */
export async function rewardAll(
  { settings, world }: Pick<TrainingContext, 'settings' | 'world'>,
  rewardModel: EngineModel | null,
  encoder: SequenceEncoder,
  items: readonly { prompt: Prompt; response: Int32Array }[],
  { measures = [], judge = judgeParts }: RewardOptions = {},
): Promise<OwnReward[]> {
  const parts = items.map(({ response }) => splitResponse(Array.from(response)));
  const needed = items.map(({ prompt }) => neededHeads(prompt.label, settings));
  const answers: JudgedItem[] = items.map(({ prompt }, i) => ({
    prompt,
    part: parts[i].answer,
    heads: needed[i],
  }));
  const thoughts: JudgedItem[] = items.map(({ prompt }, i) => ({
    prompt,
    part: parts[i].thought,
    heads: thoughtIsJudged(prompt.label, settings) ? needed[i] : [],
  }));
  const answerHeads = await judge(rewardModel, encoder, answers, settings);
  const thoughtHeads = await judge(rewardModel, encoder, thoughts, settings);
  return items.map(({ prompt, response }, i) => {
    const tokens = Array.from(response);
    const judgement = world.judge(prompt, tokens);
    const shared = {
      settings,
      prompt,
      response: tokens,
      visual: { truth: world.visualTruth(prompt.scene), measure: measures[i] },
    };
    const terms = rewardTerms({
      ...shared,
      checks: judgement,
      heads: answerHeads[i],
      thoughtHeads: thoughtHeads[i],
    });
    return {
      terms,
      heads: answerHeads[i],
      judgement,
      gold: goldReward({ ...shared, judgement }).total,
    };
  });
}
