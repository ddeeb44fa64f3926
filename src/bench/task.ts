// The work that every contestant does: one model, one batch, one optimiser, fixed lengths, so that only speed differs.

import { mean, standardDeviation } from '../base/numbers.ts';
import { ropeTable } from '../engine/plan/rope.ts';
import type { GenerateRequest, Generation, OptimizerStep, SequenceBatch } from '../engine/types.ts';
import { type ModelSpec, modelSpec } from '../model/graph.ts';
import { RandomStream } from '../random/philox.ts';
import type { ModelOutputs, ModelSize } from '../terms/model.ts';

export const PROMPT_TOKENS = 24;
export const RESPONSE_TOKENS = 24;
export const TEXT_TOKENS = PROMPT_TOKENS + RESPONSE_TOKENS;
/** Text positions that predict the response's tokens. */
export const OUTPUT_POSITIONS: readonly number[] = Array.from(
  { length: RESPONSE_TOKENS },
  (_, i) => PROMPT_TOKENS - 1 + i,
);
/** Words of the playground's language. */
const VOCABULARY = 243;
const IMAGE_PX = 24;
export const GROUP_SIZE = 8;
/** Optimiser steps of one RL iteration. */
export const MINIBATCHES = 2;
export const CLASSES = 3;
export const SEED = 11;
/** Clip range of the ratio and weight of the reference KL. */
export const RATIO_CLIP = 0.2;
export const KL_WEIGHT = 0.05;

/** Plain Adam: no clipping and no decay, as the stock optimisers have it. */
export const ADAM: OptimizerStep = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: Number.POSITIVE_INFINITY,
  freezeVision: false,
};

/** One size of the benchmark: a model and the number of sequences per step. */
export type BenchSize = { name: string; model: ModelSize; batch: number };

export const SIZES: readonly BenchSize[] = [
  { name: 'tiny', model: 'tiny', batch: 32 },
  { name: 'small-b16', model: 'small', batch: 16 },
  { name: 'small', model: 'small', batch: 32 },
  { name: 'small-b128', model: 'small', batch: 128 },
  { name: 'base', model: 'base', batch: 32 },
  { name: 'small-b256', model: 'small', batch: 256 },
  { name: 'large', model: 'large', batch: 16 },
];

function specOf(model: ModelSize, outputs: ModelOutputs): ModelSpec {
  return modelSpec({
    backbone: 'qwen-mini',
    size: model,
    imageSizePx: IMAGE_PX,
    vocabularySize: VOCABULARY,
    outputs,
  });
}

/** The policy: a language model with its tied head. */
export function policySpec(model: ModelSize): ModelSpec {
  return specOf(model, { lm: true, classes: 0, value: false });
}

/** The reward model: a classifier on the last token. */
export function scorerSpec(model: ModelSize): ModelSpec {
  return specOf(model, { lm: false, classes: CLASSES, value: false });
}

/** What one rollout gives, both [batch, RESPONSE_TOKENS]. */
export type Responses = { tokens: Int32Array; logp: Float32Array };

export function responsesOf({ tokens, logProbs }: Generation): Responses {
  return {
    tokens: Int32Array.from(tokens.flatMap((list) => [...list])),
    logp: Float32Array.from(logProbs.flatMap((list) => [...list])),
  };
}

/** A batch of `time` tokens per item with a picture each, nothing padded. */
function unpadded(time: number, tokens: Int32Array, patches: Float32Array): SequenceBatch {
  const batch = tokens.length / time;
  const lengths = new Int32Array(batch).fill(time);
  return { batch, time, tokens, lengths, patches, hasImage: new Uint8Array(batch).fill(1) };
}

/** The batches of one size. */
export class Batches {
  /** size / GROUP_SIZE prompts with their pictures, drawn from the seed. */
  readonly prompts: SequenceBatch;
  /** The supervised batch: its responses are a walk through the vocabulary that a model can learn. */
  readonly demonstrations: SequenceBatch;

  constructor(
    { imageTokens, patchValues }: ModelSpec,
    readonly size: number,
  ) {
    const count = size / GROUP_SIZE;
    const stream = new RandomStream(SEED, 'bench-prompts');
    const tokens = Int32Array.from({ length: count * PROMPT_TOKENS }, () => stream.int(VOCABULARY));
    const values = { length: count * imageTokens * patchValues };
    this.prompts = unpadded(
      PROMPT_TOKENS,
      tokens,
      Float32Array.from(values, () => stream.float() * 2 - 1),
    );
    const walk = (_: unknown, i: number) =>
      (Math.floor(i / RESPONSE_TOKENS) * 3 + (i % RESPONSE_TOKENS) * 5) % VOCABULARY;
    const responses = Int32Array.from({ length: size * RESPONSE_TOKENS }, walk);
    // As the examples of a data set, which have nothing in common.
    this.demonstrations = { ...this.of(responses), shared: undefined };
  }

  /** What is asked of a rollout: free samples of the full length. */
  request(rollout: number): GenerateRequest {
    return {
      prompts: this.prompts,
      groupSize: GROUP_SIZE,
      maxNewTokens: RESPONSE_TOKENS,
      temperature: 1,
      topK: 0,
      topP: 1,
      // A token that is never drawn.
      eos: VOCABULARY,
      seed: SEED,
      rollout,
    };
  }

  /** Items from .. to, whole groups, with their responses as one batch: [to - from, TEXT_TOKENS]. */
  of(responses: Int32Array, from = 0, to = this.size): SequenceBatch {
    const prompts = this.prompts;
    const perPicture = prompts.patches!.length / prompts.batch;
    const tokens = new Int32Array((to - from) * TEXT_TOKENS);
    const patches = new Float32Array((to - from) * perPicture);
    for (let b = 0; b < to - from; b++) {
      const part = <A extends Int32Array | Float32Array>(all: A, index: number, size: number) =>
        all.subarray(index * size, (index + 1) * size);
      const prompt = Math.floor((from + b) / GROUP_SIZE);
      tokens.set(part(prompts.tokens, prompt, PROMPT_TOKENS), b * TEXT_TOKENS);
      tokens.set(part(responses, from + b, RESPONSE_TOKENS), b * TEXT_TOKENS + PROMPT_TOKENS);
      patches.set(part(prompts.patches!, prompt, perPicture), b * perPicture);
    }
    const shared = Int32Array.from({ length: to - from }, (_, b) =>
      b % GROUP_SIZE === 0 ? 0 : PROMPT_TOKENS,
    );
    return { ...unpadded(TEXT_TOKENS, tokens, patches), shared };
  }
}

/** Rows that predict the response tokens, RESPONSE_TOKENS per item. */
export function responseRows(batch: number): Int32Array {
  const items = Array.from({ length: batch }, (_, item) =>
    OUTPUT_POSITIONS.map((t) => item * TEXT_TOKENS + t),
  );
  return Int32Array.from(items.flat());
}

/** Rewards (the first class's logit) less the mean of their group, over its standard deviation (GRPO, arXiv 2402.03300). */
export function advantagesOf(scores: ArrayLike<number>): Float32Array {
  const items = scores.length / CLASSES;
  const result = new Float32Array(items);
  for (let from = 0; from < items; from += GROUP_SIZE) {
    const rewards = Array.from({ length: GROUP_SIZE }, (_, i) => scores[(from + i) * CLASSES]);
    const [center, spread] = [mean(rewards), standardDeviation(rewards, 0)];
    rewards.forEach((value, i) => {
      result[from + i] = (value - center) / (spread + 1e-6);
    });
  }
  return result;
}

/** The causal-after-image mask as what is added to the scores, [sequence, sequence]: 0 or -1e9. */
export function attentionMask(imageTokens: number, sequence: number): Float32Array {
  const mask = new Float32Array(sequence * sequence).fill(-1e9);
  for (let i = 0; i < sequence; i++)
    mask.fill(0, i * sequence, i * sequence + Math.max(i + 1, i < imageTokens ? imageTokens : 0));
  return mask;
}

/** Cosines and sines of the rotary embedding (RoFormer), [sequence, head size / 2] each, base 10000. */
export function ropeTables(sequence: number, headSize: number): { cos: Float32Array; sin: Float32Array } {
  const table = ropeTable(sequence, headSize);
  return { cos: table.filter((_, i) => i % 2 === 0), sin: table.filter((_, i) => i % 2 === 1) };
}
