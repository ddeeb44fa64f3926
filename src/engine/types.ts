// The one interface that every engine tier stands behind: batches in, log-probs, updates and rollouts out.

import type { ModelSpec } from '../model/graph.ts';
import type { Simd } from '../terms/origin.ts';
import type { Workload } from './workload.ts';

/** A batch of token sequences, right-padded. Item b holds tokens[b * time .. b * time + lengths[b]]. */
export type SequenceBatch = {
  batch: number;
  time: number;
  /** [batch, time] */
  tokens: Int32Array;
  /** [batch] */
  lengths: Int32Array;
  /** [batch, image tokens, patch values]; null where the backbone has no vision or no item has a picture. */
  patches: Float32Array | null;
  /** [batch], 1 where the item has a picture: the image tokens of the others are hidden from attention. */
  hasImage: Uint8Array;
  /**
   * [batch], how many leading tokens item b has in common with item b - 1, its picture too; absent where nothing is known. Engines may
   * compute them once for all items in a row that share as many; results do not depend on it beyond rounding.
   */
  shared?: Int32Array;
};

/** Rows of the output heads: flat indices b * time + t; the logits of row t predict token t + 1. */
export type OutputRows = Int32Array;

/**
 * What the language-model head gives per row, at the temperature asked for. Inside an update these may be the engine's own
 * arrays, good only while `weigh` runs: copy what shall stay.
 */
export type TokenOutputs = {
  /** log pi(target) [rows] */
  logp: Float32Array;
  /** Entropy of the row's distribution, nats [rows] */
  entropy: Float32Array;
  /** Value head [rows], null without one. */
  values: Float32Array | null;
};

export type { Workload } from './workload.ts';

/** The loss seen from the engine: dLoss / d(output), per row. No engine knows what loss it was. */
export type TokenWeights = {
  /** dLoss / dlogp [rows] */
  logp: ArrayLike<number>;
  /** dLoss / dentropy [rows] or null */
  entropy: ArrayLike<number> | null;
  /** dLoss / dvalue [rows] or null */
  values: ArrayLike<number> | null;
};

/** One AdamW step. Moments and the step counter belong to the model. */
export type OptimizerStep = {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** Global-norm clip; Infinity for none. */
  maxGradNorm: number;
  /** Leaves the vision prefix as it is (and out of the norm). */
  freezeVision: boolean;
};

export type StepReport = {
  /** Global norm of the gradient before clipping. */
  gradNorm: number;
};

export type GenerateRequest = {
  /** The prompts, one item each. */
  prompts: SequenceBatch;
  /** Samples per prompt. */
  groupSize: number;
  maxNewTokens: number;
  /** 0 = greedy. */
  temperature: number;
  /** 0 = off. */
  topK: number;
  /** 1 = off. */
  topP: number;
  eos: number;
  seed: number;
  /** Distinguishes rollouts: sample s of this call draws from stream (seed, 'sample', rollout, s). */
  rollout: number;
};

export type Generation = {
  /** Sample s belongs to prompt floor(s / groupSize); tokens include the final `eos` when it was reached. */
  tokens: Int32Array[];
  /** log pi_old per token under the tempered, untruncated distribution. */
  logProbs: Float32Array[];
};

/** Optimiser moments as flat buffers in the parameter layout. */
export type OptimizerState = { first: Float32Array; second: Float32Array; step: number };

/** A model on an engine. Calls on one model must not overlap. */
export interface EngineModel {
  readonly spec: ModelSpec;
  /** Forward only. @throws RangeError on rows out of range. */
  tokenOutputs(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
  ): Promise<TokenOutputs>;
  /** Raw logits [rows, vocabulary]. */
  logits(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array>;
  /** Classifier outputs [rows, classes]. */
  classify(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array>;
  /** Share of attention mass on the image tokens, mean over layers and heads [rows]. */
  imageAttention(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array>;
  /** Where that share lies: [rows, image tokens], the sum over a row being its share. Only on engines that can look inside. */
  imageAttentionMap?(batch: SequenceBatch, rows: OutputRows): Promise<Float32Array>;
  /** Forward, the caller's loss weights, backward, AdamW. `weigh` must not keep the outputs, nor call an engine. */
  updateTokens(
    batch: SequenceBatch,
    rows: OutputRows,
    targets: Int32Array,
    temperature: number,
    weigh: (outputs: TokenOutputs) => TokenWeights,
    step: OptimizerStep,
  ): Promise<StepReport>;
  /** The same for the classifier: `weigh` gets logits [rows, classes], not to be kept, and gives dLoss / dlogits. */
  updateClasses(
    batch: SequenceBatch,
    rows: OutputRows,
    weigh: (logits: Float32Array) => Float32Array,
    step: OptimizerStep,
  ): Promise<StepReport>;
  generate(request: GenerateRequest): Promise<Generation>;
  /** Copies of the flat buffers. */
  getParameters(): Promise<Float32Array>;
  setParameters(parameters: Float32Array): Promise<void>;
  /** Gradient left by the last update, before clipping (for tests). */
  getGradients(): Promise<Float32Array>;
  getOptimizer(): Promise<OptimizerState>;
  setOptimizer(state: OptimizerState): Promise<void>;
  dispose(): void;
}

export interface Engine {
  /** `wasm`, `wgsl` (fused), or `webgpu`, `webgl`, `tfjs-wasm`, `cpu` (eager). */
  readonly name: string;
  readonly tier: 'fused' | 'eager';
  /** What it runs on, shown to the user; `simd` and `threads` are the processor's, null on a graphics adapter. */
  readonly adapter: string;
  readonly simd: Simd | null;
  readonly threads: number | null;
  /** A model with starting parameters drawn from the seed. */
  createModel(spec: ModelSpec, seed: number): Promise<EngineModel>;
  /**
   * Whether models and work of a run fit; only on engines that know their plans beforehand.
   * @throws PlaygroundError `out-of-memory` naming the work that does not, and the limit.
   */
  requireRoom?(models: readonly ModelSpec[], work: readonly Workload[]): void;
  dispose(): void;
}
