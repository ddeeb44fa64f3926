// One rollout: prompts drawn by the stage's mix, G responses each, every reward term, verdicts of heads and oracle.

import { overlongPenalty } from '../advantages/index.ts';
import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import { RandomStream } from '../random/philox.ts';
import {
  aggregateGroup,
  attentionRatio,
  goldReward,
  HEAD_NAMES,
  HEAD_TASKS,
  type HeadOutputs,
  neededHeads,
  type RewardTerms,
  rewardTerms,
  splitResponse,
  thoughtIsJudged,
  tokenMeanK3,
} from '../rewards/index.ts';
import type { Judgement, Prompt } from '../world/types.ts';
import { EOS } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import { judgeParts } from './judges.ts';
import type { JudgedItem } from './rewardModel.ts';
import type { SequenceEncoder } from './sequences.ts';
import { drawLabel } from './sft.ts';

/** The reward terms of a response as they are stored, shown and trained on. */
export type SampleTerms = RewardTerms & {
  /** What the overlong penalty takes off, 0 or below; part of the total with weight 1. */
  readonly overlong: number;
  /** The weighted sum before any normalisation in the group; the same as the total under `sum_then_normalize`. */
  readonly weighted_sum: number;
};

/** One response with all that is known of it. */
export type Sample = {
  response: Int32Array;
  /** Behaviour log-probs, one per token. */
  oldLogp: Float32Array;
  terms: SampleTerms;
  heads: HeadOutputs;
  judgement: Judgement;
  /** The oracle's reward; shown, never trained on. */
  gold: number;
};

/** The G samples of one prompt. */
export type Group = {
  prompt: Prompt;
  samples: Sample[];
  policyVersion: number;
  /** Step at which it was sampled; differs from the current one for replayed groups. */
  step: number;
};

const SCORE_BATCH = 64;
/** Last share of the length limit over which the overlong penalty grows: DAPO's 4096 of 20480 tokens. */
const OVERLONG_STRETCH = 0.2;

/** Prompts of one iteration, drawn with (step, attempt) as the place in the random stream. */
export function drawPrompts(
  context: TrainingContext,
  mix: Settings['stage1_mix'],
  step: number,
  attempt: number,
  count: number,
): Prompt[] {
  const stream = new RandomStream(context.settings.seed, 'rl-prompts', step, attempt);
  return Array.from({ length: count }, () =>
    context.world.prompt('train', drawLabel(mix, stream), stream.int(1 << 24)),
  );
}

/** Samples and rewards the groups of one iteration. @throws MissingHeadError when a label needs a head that is not there. */
export async function rollout(
  context: TrainingContext,
  state: RunState,
  encoder: SequenceEncoder,
  prompts: readonly Prompt[],
  attempt: number,
): Promise<Group[]> {
  const { settings } = context;
  const generation = await state.policy.generate({
    prompts: encoder.prompts(prompts),
    groupSize: settings.group_size,
    maxNewTokens: settings.max_response_tokens,
    temperature: settings.temperature,
    topK: settings.top_k,
    topP: settings.top_p,
    eos: EOS,
    seed: settings.seed,
    rollout: state.step * 16 + attempt,
  });
  const items = generation.tokens.map((response, s) => ({
    prompt: prompts[Math.floor(s / settings.group_size)],
    response,
  }));
  const rewards = await rewardAll(context, state, encoder, items);
  return prompts.map((prompt, g) => {
    const from = g * settings.group_size;
    const rows = rewards.slice(from, from + settings.group_size);
    const overlong = rows.map((_, i) => overlongTerm(items[from + i].response.length, settings));
    const trained = trainedTerms(
      rows.map(({ terms }) => terms),
      overlong,
      settings,
    );
    return {
      prompt,
      policyVersion: state.policyVersion,
      step: state.step,
      samples: rows.map((row, i) => ({
        ...row,
        response: items[from + i].response,
        oldLogp: generation.logProbs[from + i],
        terms: trained[i],
        gold: row.gold + overlong[i],
      })),
    };
  });
}

/** DAPO's soft overlong penalty (arXiv 2503.14476, Eq. 13) times its setting; 0 or below. */
export function overlongTerm(
  length: number,
  settings: Pick<Settings, 'overlong_penalty' | 'max_response_tokens'>,
): number {
  const { overlong_penalty: most, max_response_tokens: limit } = settings;
  const stretch = Math.max(1, Math.round(limit * OVERLONG_STRETCH));
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
export type OwnReward = { terms: RewardTerms } & Pick<Sample, 'heads' | 'judgement' | 'gold'>;

/** All reward terms of a list of responses. `judge` asks the judges. @throws MissingHeadError when a label needs a head that is not there. */
export async function rewardAll(
  context: Pick<TrainingContext, 'settings' | 'world'>,
  state: Pick<RunState, 'policy' | 'rewardModel'>,
  encoder: SequenceEncoder,
  items: readonly { prompt: Prompt; response: Int32Array }[],
  judge: typeof judgeParts = judgeParts,
): Promise<OwnReward[]> {
  const { settings, world } = context;
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
  const answerHeads = await judge(state.rewardModel, encoder, answers, settings);
  const thoughtHeads = await judge(state.rewardModel, encoder, thoughts, settings);
  const measures = await visualMeasures(context, state.policy, encoder, items);
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

/** What `dependency` and `attention` need of the model; undefined elsewhere. */
async function visualMeasures(
  context: Pick<TrainingContext, 'settings'>,
  policy: EngineModel,
  encoder: SequenceEncoder,
  items: readonly { prompt: Prompt; response: Int32Array }[],
): Promise<(number | undefined)[]> {
  const kind = context.settings.visual_focus;
  const measures = items.map(() => undefined as number | undefined);
  if (kind !== 'dependency' && kind !== 'attention') return measures;
  const seeing = items.map((_, i) => i).filter((i) => encoder.seesPicture(items[i].prompt));
  for (const i of items.keys()) if (!encoder.seesPicture(items[i].prompt)) measures[i] = 0;
  for (let start = 0; start < seeing.length; start += SCORE_BATCH) {
    const chunk = seeing.slice(start, start + SCORE_BATCH);
    const real = encoder.responses(chunk.map((i) => items[i]));
    if (kind === 'dependency') {
      const blank = encoder.responses(
        chunk.map((i) => items[i]),
        true,
      );
      const logp = (await policy.tokenOutputs(real.batch, real.rows, real.targets, 1)).logp;
      const blankLogp = (await policy.tokenOutputs(blank.batch, blank.rows, blank.targets, 1)).logp;
      chunk.forEach((i, b) => {
        const [from, to] = [real.offsets[b], real.offsets[b + 1]];
        measures[i] = tokenMeanK3(logp.subarray(from, to), blankLogp.subarray(from, to));
      });
      continue;
    }
    const mass = await policy.imageAttention(real.batch, real.rows);
    const { imageTokens } = policy.spec;
    chunk.forEach((i, b) => {
      const [from, to] = [real.offsets[b], real.offsets[b + 1]];
      const thought = splitResponse(Array.from(items[i].response)).thought.length;
      let total = 0;
      let count = 0;
      // The row whose input is response token i stands at from + i + 1; the thought is tokens 1 .. thought.
      for (let r = from + 2; r < Math.min(to, from + 2 + thought); r++) {
        const visible = imageTokens + (real.rows[r] % real.batch.time) + 1;
        total += attentionRatio(mass[r], imageTokens, visible);
        count++;
      }
      measures[i] = total / Math.max(1, count);
    });
  }
  return measures;
}

/** Accuracy and calibration error of each head against the oracle on these samples. */
export function headAgreement(groups: readonly Group[]): { [name: string]: number } {
  const metrics: { [name: string]: number } = {};
  for (const head of HEAD_NAMES) {
    const task = HEAD_TASKS[head];
    let right = 0;
    let n = 0;
    const bins = Array.from({ length: 10 }, () => ({ confidence: 0, right: 0 }));
    for (const { prompt, samples } of groups) {
      if (!task.labels.includes(prompt.label)) continue;
      for (const sample of samples) {
        const output = sample.heads[head];
        const label = task.labelOf(sample.judgement);
        if (!output || label === null) continue;
        let best = 0;
        for (let i = 1; i < output.length; i++) if (output[i] > output[best]) best = i;
        const hit = best === label ? 1 : 0;
        const bin = bins[Math.min(9, Math.floor(output[best] * 10))];
        bin.confidence += output[best];
        bin.right += hit;
        right += hit;
        n++;
      }
    }
    if (n === 0) continue;
    metrics[`heads/${head}/accuracy`] = right / n;
    metrics[`heads/${head}/ece`] =
      bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / n;
  }
  return metrics;
}
