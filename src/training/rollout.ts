// One rollout: prompts drawn by the stage's mix, G responses each, every reward term, verdicts of heads and oracle.

import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import { RandomStream } from '../random/philox.ts';
import {
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
import { type JudgedItem, scoreParts } from './rewardModel.ts';
import type { SequenceEncoder } from './sequences.ts';
import { drawLabel } from './sft.ts';

/** One response with all that is known of it. */
export type Sample = {
  response: Int32Array;
  /** Behaviour log-probs, one per token. */
  oldLogp: Float32Array;
  terms: RewardTerms;
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
  return prompts.map((prompt, g) => ({
    prompt,
    policyVersion: state.policyVersion,
    step: state.step,
    samples: Array.from({ length: settings.group_size }, (_, i) => {
      const s = g * settings.group_size + i;
      return { response: items[s].response, oldLogp: generation.logProbs[s], ...rewards[s] };
    }),
  }));
}

/** All reward terms of a list of responses. */
async function rewardAll(
  context: TrainingContext,
  state: RunState,
  encoder: SequenceEncoder,
  items: readonly { prompt: Prompt; response: Int32Array }[],
): Promise<Omit<Sample, 'response' | 'oldLogp'>[]> {
  const { settings, world } = context;
  const parts = items.map(({ response }) => splitResponse(Array.from(response)));
  const needed = items.map(({ prompt }) => neededHeads(prompt.label, settings));
  const answers: JudgedItem[] = items.map(({ prompt }, i) => ({
    prompt,
    part: parts[i].answer,
    heads: state.rewardModel ? needed[i] : [],
  }));
  const thoughts: JudgedItem[] = items.map(({ prompt }, i) => ({
    prompt,
    part: parts[i].thought,
    heads: state.rewardModel && thoughtIsJudged(prompt.label, settings) ? needed[i] : [],
  }));
  const model = state.rewardModel;
  const answerHeads = model ? await scoreParts(model, encoder, answers) : items.map(() => ({}));
  const thoughtHeads = model ? await scoreParts(model, encoder, thoughts) : items.map(() => ({}));
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
    const penalty =
      settings.overlong_penalty > 0 && response[response.length - 1] !== EOS ? settings.overlong_penalty : 0;
    return {
      terms: penalty > 0 ? { ...terms, total: terms.total - penalty } : terms,
      heads: answerHeads[i],
      judgement,
      gold: goldReward({ ...shared, judgement }).total - penalty,
    };
  });
}

/** What `dependency` and `attention` need of the model; undefined elsewhere. */
async function visualMeasures(
  context: TrainingContext,
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
      const thought = Math.max(1, splitResponse(Array.from(items[i].response)).thought.length);
      let total = 0;
      let count = 0;
      for (let r = from; r < Math.min(to, from + thought + 1); r++) {
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
