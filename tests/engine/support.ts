// What the engine's tests share: small models, batches with and without pictures, comparison.

import type { EngineModel, OptimizerStep, SequenceBatch } from '../../src/engine/types.ts';
import { type ModelSpec, modelSpec } from '../../src/model/graph.ts';
import { RandomStream } from '../../src/random/philox.ts';
import type { Backbone, ModelOutputs, ModelSize } from '../../src/terms/model.ts';

/** The build of the wasm kernels that the test run is about: the project `fused` of vitest takes the one with fused multiply-add. */
export const SIMD = process.env.WASM_SIMD === 'fused' ? 'fused' : 'plain';

export const BACKBONE_NAMES: readonly Backbone[] = ['qwen-mini', 'internvl-mini', 'deepseek-mini'];
export const VOCABULARY = 23;

/** A model with all heads and a vocabulary that is no multiple of anything. */
export function testSpec(
  backbone: Backbone,
  size: ModelSize = 'tiny',
  outputs: ModelOutputs = { lm: true, classes: 3, value: true },
): ModelSpec {
  return modelSpec({ backbone, size, imageSizePx: 16, vocabularySize: VOCABULARY, outputs });
}

/** Random tokens and pictures. `pictures`: which items have one. */
export function testBatch(
  spec: ModelSpec,
  count: number,
  time: number,
  pictures: 'all' | 'some' | 'none' = 'some',
  seed = 5,
): SequenceBatch {
  const stream = new RandomStream(seed, 'engine-test');
  const { vocabularySize } = spec.config;
  const tokens = Int32Array.from({ length: count * time }, () => stream.int(vocabularySize));
  const has = (b: number) =>
    spec.imageTokens > 0 && (pictures === 'all' || (pictures === 'some' && b % 2 === 1));
  const hasImage = Uint8Array.from({ length: count }, (_, b) => (has(b) ? 1 : 0));
  const values = count * spec.imageTokens * spec.patchValues;
  return {
    batch: count,
    time,
    tokens,
    lengths: Int32Array.from({ length: count }, (_, b) => time - (b % 3)),
    patches: hasImage.some(Boolean)
      ? Float32Array.from({ length: values }, () => stream.float() * 2 - 1)
      : null,
    hasImage,
  };
}

/** Rows that predict a token inside their item, from position `from` on, and the tokens they predict. */
export function predictedRows(batch: SequenceBatch, from = 1): { rows: Int32Array; targets: Int32Array } {
  const rows: number[] = [];
  for (let b = 0; b < batch.batch; b++) {
    for (let t = from; t < batch.lengths[b] - 1; t++) rows.push(b * batch.time + t);
  }
  return { rows: Int32Array.from(rows), targets: Int32Array.from(rows, (row) => batch.tokens[row + 1]) };
}

export const STEP: OptimizerStep = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  maxGradNorm: 1,
  freezeVision: false,
};

/** A step that leaves the parameters alone, to read gradients. */
export const NO_STEP: OptimizerStep = { ...STEP, learningRate: 0, weightDecay: 0, maxGradNorm: Infinity };

/** A short rollout with free sampling; add the prompts. */
export const REQUEST = {
  groupSize: 2,
  maxNewTokens: 4,
  temperature: 1,
  topK: 0,
  topP: 1,
  eos: 0,
  seed: 1,
  rollout: 0,
} as const;

/** Loss weights of order one for every head, fixed by the row. */
export function testWeights(count: number) {
  return {
    logp: Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1) / count),
    entropy: Float32Array.from({ length: count }, (_, i) => (0.3 * Math.cos(i)) / count),
    values: Float32Array.from({ length: count }, (_, i) => Math.cos(2 * i) / count),
  };
}

/** Largest absolute difference; NaN where lengths differ or a number is missing. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Number.NaN;
    worst = Math.max(worst, difference);
  }
  return worst;
}

/** |a - b| / |b| as Euclidean norms. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let apart = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    apart += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(apart) / Math.sqrt(size);
}

/** Gives both models the same weights, those of `from`. */
export async function copyWeights(from: EngineModel, to: EngineModel): Promise<void> {
  await to.setParameters(await from.getParameters());
}
