// The work that every contestant does: one model, the same batches, one optimiser, so that only speed differs.

import { mean, standardDeviation } from '../base/numbers.ts';
import { ropeTable } from '../engine/plan/rope.ts';
import type { GenerateRequest, Generation, OptimizerStep, SequenceBatch } from '../engine/types.ts';
import { type ModelSpec, modelSpec } from '../model/graph.ts';
import { RandomStream } from '../random/philox.ts';
import type { ModelOutputs, ModelSize } from '../terms/model.ts';

export const PROMPT_TOKENS = 24;
export const RESPONSE_TOKENS = 24;
export const TEXT_TOKENS = PROMPT_TOKENS + RESPONSE_TOKENS;
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

/**
 * One size of the benchmark: a model and the number of sequences of a rollout. `world`: the batches of the preset `quick`, with
 * lengths and pictures as its prompts have them; else fixed lengths.
 */
export type BenchSize = { name: string; model: ModelSize; batch: number; world: boolean };

const fixed = (name: string, model: ModelSize, batch: number): BenchSize => ({
  ...{ name, model, batch },
  world: false,
});
const world = (name: string, model: ModelSize): BenchSize => ({ name, model, batch: 256, world: true });

export const SIZES: readonly BenchSize[] = [
  fixed('tiny', 'tiny', 32),
  fixed('small-b16', 'small', 16),
  fixed('small', 'small', 32),
  fixed('small-b128', 'small', 128),
  fixed('base', 'base', 32),
  fixed('small-b256', 'small', 256),
  fixed('large', 'large', 16),
  world('quick-small', 'small'),
  world('quick-base', 'base'),
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

/** What one rollout gives, both [samples, new tokens]. */
export type Responses = { tokens: Int32Array; logp: Float32Array };

export function responsesOf({ tokens, logProbs }: Generation): Responses {
  return {
    tokens: Int32Array.from(tokens.flatMap((list) => [...list])),
    logp: Float32Array.from(logProbs.flatMap((list) => [...list])),
  };
}

/** Sequences with the rows that predict their responses: item b owns rows offsets[b] .. offsets[b + 1]. */
export type Scored = { batch: SequenceBatch; rows: Int32Array; targets: Int32Array; offsets: Int32Array };

/** Sequences for the classifier: a row and a class of each. */
export type Judged = { batch: SequenceBatch; rows: Int32Array; labels: Int32Array };

/** What an RL iteration computes after its rollout, in the batches that it computes it in. */
export type Iteration = {
  scoring: readonly Judged[];
  reference: readonly Scored[];
  update: readonly Scored[];
  /** Whether the responses are those of the rollout; if not, the reference's log-probs stand for the sampler's. */
  sampled: boolean;
};

/** The batches of one size. */
export interface Work {
  readonly spec: ModelSpec;
  /** What is asked of a rollout: free samples of the full length. */
  request(rollout: number): GenerateRequest;
  /** The supervised steps of one run. */
  readonly sft: readonly Scored[];
  /** The steps of the classifier of one run; none where they are not measured. */
  readonly heads: readonly Judged[];
  iteration(responses: Int32Array): Iteration;
}

/** Items of `time` tokens with a picture each, nothing padded; `shared`: leading tokens in common within a group. */
function unpadded(time: number, tokens: Int32Array, patches: Float32Array, shared = 0): SequenceBatch {
  const batch = tokens.length / time;
  return {
    batch,
    time,
    tokens,
    lengths: new Int32Array(batch).fill(time),
    patches,
    hasImage: new Uint8Array(batch).fill(1),
    shared: Int32Array.from({ length: batch }, (_, b) => (b % GROUP_SIZE === 0 ? 0 : shared)),
  };
}

/** Batches of fixed lengths, which every contestant takes. */
export class FixedWork implements Work {
  readonly sft: readonly Scored[];
  readonly heads = [];
  /** size / GROUP_SIZE prompts with their pictures, drawn from the seed. */
  private readonly prompts: SequenceBatch;

  constructor(
    readonly spec: ModelSpec,
    private readonly size: number,
  ) {
    const stream = new RandomStream(SEED, 'bench-prompts');
    const count = size / GROUP_SIZE;
    const tokens = Int32Array.from({ length: count * PROMPT_TOKENS }, () => stream.int(VOCABULARY));
    const values = count * spec.imageTokens * spec.patchValues;
    const patches = Float32Array.from({ length: values }, () => stream.float() * 2 - 1);
    this.prompts = unpadded(PROMPT_TOKENS, tokens, patches);
    // Responses that are a walk through the vocabulary, which a model can learn.
    const walk = (_: unknown, i: number) =>
      (Math.floor(i / RESPONSE_TOKENS) * 3 + (i % RESPONSE_TOKENS) * 5) % VOCABULARY;
    const demonstrations = Int32Array.from({ length: size * RESPONSE_TOKENS }, walk);
    this.sft = [scored(this.batch(demonstrations, 0, size, 0))];
  }

  request(rollout: number): GenerateRequest {
    return { ...FREE_SAMPLES, prompts: this.prompts, maxNewTokens: RESPONSE_TOKENS, rollout };
  }

  iteration(responses: Int32Array): Iteration {
    const { size } = this;
    const all = this.batch(responses, 0, size);
    const rows = Int32Array.from({ length: size }, (_, b) => (b + 1) * TEXT_TOKENS - 1);
    const part = size / MINIBATCHES;
    return {
      scoring: [{ batch: all, rows, labels: new Int32Array(size) }],
      reference: [scored(all)],
      update: Array.from({ length: MINIBATCHES }, (_, i) =>
        scored(this.batch(responses, i * part, (i + 1) * part)),
      ),
      sampled: true,
    };
  }

  /** Items from .. to with their responses: [to - from, TEXT_TOKENS]. */
  private batch(responses: Int32Array, from: number, to: number, shared = PROMPT_TOKENS): SequenceBatch {
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
    return unpadded(TEXT_TOKENS, tokens, patches, shared);
  }
}

/** What every rollout is asked for beside its prompts; `eos` is a token that is never drawn. */
export const FREE_SAMPLES = {
  groupSize: GROUP_SIZE,
  temperature: 1,
  topK: 0,
  topP: 1,
  eos: VOCABULARY,
  seed: SEED,
};

/** Items of TEXT_TOKENS tokens, of which the last RESPONSE_TOKENS are the response. */
function scored(batch: SequenceBatch): Scored {
  const rows = responseRows(batch.batch);
  return {
    batch,
    rows,
    targets: Int32Array.from(rows, (row) => batch.tokens[row + 1]),
    offsets: Int32Array.from({ length: batch.batch + 1 }, (_, b) => b * RESPONSE_TOKENS),
  };
}

/** Rows that predict the response tokens, RESPONSE_TOKENS per item. */
function responseRows(batch: number): Int32Array {
  return Int32Array.from({ length: batch * RESPONSE_TOKENS }, (_, r) => {
    const item = Math.floor(r / RESPONSE_TOKENS);
    return item * TEXT_TOKENS + PROMPT_TOKENS - 1 + (r % RESPONSE_TOKENS);
  });
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
