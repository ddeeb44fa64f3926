// The reward heads as one model: a trunk like the policy's and four classifiers side by side on its last token.

import { softmax } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import { type ModelSpec, modelSpec } from '../model/graph.ts';
import type { HeadOutputs } from '../rewards/index.ts';
import { HEAD_TABLE, HEADS, type HeadName } from '../terms/heads.ts';
import type { ModelConfig } from '../terms/model.ts';
import type { Prompt } from '../world/types.ts';
import { VOCABULARY } from '../world/vocabulary.ts';
import { chosenLoss } from './lossSettings.ts';
import { offsetsOf, type SequenceEncoder } from './sequences.ts';

/** Names of the classes of each head, in the order of the logits. */
export const HEAD_CLASSES: { readonly [head: string]: readonly string[] } = Object.fromEntries(
  HEADS.map((head) => [head, HEAD_TABLE[head].classes]),
);

/** Where each head's logits lie in the classifier's output. */
const starts = offsetsOf(HEADS.map((head) => HEAD_TABLE[head].classes.length));
export const HEAD_SPANS = Object.fromEntries(
  HEADS.map((head, i) => [head, { start: starts[i], size: starts[i + 1] - starts[i] }]),
) as { readonly [head in HeadName]: { start: number; size: number } };

export const HEAD_LOGITS = starts[HEADS.length];

/** The policy's and the reward model's configuration from the settings. */
export function modelConfigs(settings: Settings): { policy: ModelConfig; reward: ModelConfig } {
  const shared = {
    backbone: settings.backbone,
    size: settings.size,
    imageSizePx: settings.image_size_px,
    vocabularySize: VOCABULARY.length,
  };
  return {
    policy: { ...shared, outputs: { lm: true, classes: 0, value: chosenLoss(settings).needsValueHead } },
    reward: { ...shared, outputs: { lm: false, classes: HEAD_LOGITS, value: false } },
  };
}

export function modelSpecs(settings: Settings): { policy: ModelSpec; reward: ModelSpec } {
  const configs = modelConfigs(settings);
  return { policy: modelSpec(configs.policy), reward: modelSpec(configs.reward) };
}

/** Weights as one flat buffer in the layout of the spec. */
export type FlatWeights = { spec: ModelSpec; parameters: Float32Array };

/** Copies the slices that both models have (name and shape) from one flat buffer to the other. */
export function copySharedSlices(from: FlatWeights, to: FlatWeights): void {
  const sources = new Map(from.spec.layout.slices.map((slice) => [slice.name, slice]));
  for (const slice of to.spec.layout.slices) {
    const source = sources.get(slice.name);
    if (!source || source.size !== slice.size) continue;
    to.parameters.set(from.parameters.subarray(source.offset, source.offset + source.size), slice.offset);
  }
}

export type JudgedItem = { prompt: Prompt; part: readonly number[]; heads: readonly HeadName[] };

const SCORE_BATCH = 64;

/** Head probabilities of a list of (prompt, part of a response); items that ask for no head cost nothing. */
export async function scoreParts(
  model: EngineModel,
  encoder: SequenceEncoder,
  items: readonly JudgedItem[],
): Promise<HeadOutputs[]> {
  const outputs: HeadOutputs[] = items.map(() => ({}));
  const asked = items.map((_, index) => index).filter((index) => items[index].heads.length > 0);
  for (let start = 0; start < asked.length; start += SCORE_BATCH) {
    const chunk = asked.slice(start, start + SCORE_BATCH);
    const { batch, rows } = encoder.judged(chunk.map((index) => items[index]));
    const logits = await model.classify(batch, rows);
    chunk.forEach((index, row) => {
      outputs[index] = Object.fromEntries(
        items[index].heads.map((head) => {
          const { start: at, size } = HEAD_SPANS[head];
          return [head, softmax(logits.subarray(row * HEAD_LOGITS + at, row * HEAD_LOGITS + at + size))];
        }),
      );
    });
  }
  return outputs;
}
