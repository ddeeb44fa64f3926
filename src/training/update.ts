// The policy update: advantages over the batch, minibatches, the chosen loss as per-token weights for the engine.

import { type AdvantageKey, computeAdvantages } from '../advantages/index.ts';
import { DEFAULTS, type Settings } from '../config/index.ts';
import type { TokenOutputs, TokenWeights } from '../engine/types.ts';
import {
  computeLoss,
  exactKlRows,
  LOSSES,
  type LossKey,
  type LossOptions,
  policyMetrics,
  replayWeights,
  type TokenLossInput,
  valueLoss,
} from '../losses/index.ts';
import { RandomStream } from '../random/philox.ts';
import type { RunState, TrainingContext } from './context.ts';
import type { Group } from './rollout.ts';
import { optimizerStep } from './schedule.ts';
import type { SequenceEncoder } from './sequences.ts';

/** Samples of whole groups side by side, padded: arrays are [samples x time]. */
export type PaddedBatch = {
  batch: number;
  time: number;
  groupSize: number;
  mask: Float64Array;
  oldLogp: Float64Array;
  refLogp: Float64Array | null;
  oldValues: Float64Array | null;
  advantage: Float64Array;
  returns: Float64Array | null;
  /** 1 where the token's group was replayed. */
  replayed: Float64Array;
};

/**
 * Loss options from the settings; a loss ignores those it has no knob for. What the settings leave at their default or at `auto`
 * is the loss's own: a baseline is trained with its own clip range, aggregation and without CPGD's drift.
 */
export function lossOptions(settings: Settings): Partial<LossOptions> {
  const { knobs } = LOSSES[settings.loss_type as LossKey];
  const ownRange = settings.epsilon === DEFAULTS.epsilon && settings.epsilon_high === DEFAULTS.epsilon_high;
  const drift =
    settings.policy_drift === 'on' ||
    (settings.policy_drift === 'auto' && ['cpgd', 'pgd'].includes(settings.loss_type));
  const options: Partial<LossOptions> = {
    ...(ownRange ? {} : { epsilon: settings.epsilon, epsilonHigh: settings.epsilon_high }),
    // An upper bound of at most 1 cannot be CISPO's cap of the ratio itself: it is meant as a band around 1.
    ...(settings.epsilon_high <= 1 && !ownRange ? { cispoBounds: 'band' as const } : {}),
    ...(settings.loss_agg_mode === 'auto' ? {} : { lossAggMode: settings.loss_agg_mode }),
    ...(settings.importance_sampling_level === 'auto'
      ? {}
      : { importanceSamplingLevel: settings.importance_sampling_level }),
    policyDriftCoef: drift ? settings.policy_drift_coef : 0,
    policyDriftClipEps: settings.policy_drift_clip_eps,
    beta: settings.beta,
    delta: settings.delta > 0 ? settings.delta : null,
    dualClip: settings.dual_clip > 0 ? settings.dual_clip : null,
    maxCompletionLength: settings.max_response_tokens,
    tightToLooseLambda: settings.tight_to_loose > 0 ? settings.tight_to_loose : null,
  };
  const known = new Set<string>(knobs);
  return Object.fromEntries(Object.entries(options).filter(([name]) => known.has(name)));
}

/** Rewards as the estimator sees them: the very totals that are stored and shown. */
export function trainedRewards(groups: readonly Group[]): number[] {
  return groups.flatMap((group) => group.samples.map((sample) => sample.terms.total));
}

function padded(groups: readonly Group[], currentStep: number): PaddedBatch {
  const samples = groups.flatMap((group) => group.samples.map((sample) => ({ group, sample })));
  const time = samples.reduce((longest, { sample }) => Math.max(longest, sample.response.length), 1);
  const size = samples.length * time;
  const result: PaddedBatch = {
    batch: samples.length,
    time,
    groupSize: groups[0].samples.length,
    mask: new Float64Array(size),
    oldLogp: new Float64Array(size),
    refLogp: null,
    oldValues: null,
    advantage: new Float64Array(size),
    returns: null,
    replayed: new Float64Array(size),
  };
  samples.forEach(({ group, sample }, b) => {
    result.mask.fill(1, b * time, b * time + sample.response.length);
    result.oldLogp.set(sample.oldLogp, b * time);
    if (group.step !== currentStep) {
      result.replayed.fill(1, b * time, b * time + sample.response.length);
    }
  });
  return result;
}

/** Spreads row values (concatenated responses) over the padded layout. */
function spread(values: ArrayLike<number>, offsets: Int32Array, time: number): Float64Array {
  const result = new Float64Array((offsets.length - 1) * time);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let r = offsets[b]; r < offsets[b + 1]; r++) result[b * time + r - offsets[b]] = values[r];
  }
  return result;
}

function gather(values: ArrayLike<number>, offsets: Int32Array, time: number): Float32Array {
  const result = new Float32Array(offsets[offsets.length - 1]);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let r = offsets[b]; r < offsets[b + 1]; r++) result[r] = values[b * time + r - offsets[b]];
  }
  return result;
}

const FORWARD_BATCH = 64;

/** Log-probs (and values) of all samples under a model, in the padded layout. */
async function forwardAll(
  model: RunState['policy'],
  encoder: SequenceEncoder,
  groups: readonly Group[],
  time: number,
  temperature: number,
): Promise<{ logp: Float64Array; values: Float64Array | null }> {
  const items = groups.flatMap((group) =>
    group.samples.map((sample) => ({ prompt: group.prompt, response: sample.response })),
  );
  const logp = new Float64Array(items.length * time);
  let values: Float64Array | null = null;
  for (let start = 0; start < items.length; start += FORWARD_BATCH) {
    const { batch, rows, targets, offsets } = encoder.responses(items.slice(start, start + FORWARD_BATCH));
    const outputs = await model.tokenOutputs(batch, rows, targets, temperature);
    logp.set(spread(outputs.logp, offsets, time), start * time);
    if (outputs.values) {
      values ??= new Float64Array(items.length * time);
      values.set(spread(outputs.values, offsets, time), start * time);
    }
  }
  return { logp, values };
}

/** Which estimator a loss is trained with under these settings. */
export function advantageKey(settings: Settings): AdvantageKey {
  return LOSSES[settings.loss_type as LossKey].advantage as AdvantageKey;
}

/** Advantages of the batch; fills `advantage` (and `returns`) of the padded batch. Returns one number per sample, for display. */
function estimateAdvantages(
  settings: Settings,
  batch: PaddedBatch,
  rewards: readonly number[],
): Float64Array {
  const key = advantageKey(settings);
  const result = computeAdvantages(
    key,
    {
      batch: batch.batch,
      time: batch.time,
      groupSize: batch.groupSize,
      rewards,
      mask: batch.mask,
      oldLogp: batch.oldLogp,
      refLogp: batch.refLogp,
      values: batch.oldValues,
    },
    {
      weight: settings.advantage_weight,
      scaleRewards: settings.scale_rewards,
      gamma: settings.gamma,
      lambda: settings.gae_lambda,
      ...(batch.refLogp === null ? { klCoef: 0 } : {}),
    },
  );
  batch.advantage = result.token;
  batch.returns = result.returns;
  if (result.sequence) return Float64Array.from(result.sequence);
  return Float64Array.from({ length: batch.batch }, (_, b) => {
    let total = 0;
    let count = 0;
    for (let i = b * batch.time; i < (b + 1) * batch.time; i++) {
      total += batch.mask[i] * result.token[i];
      count += batch.mask[i];
    }
    return total / Math.max(1, count);
  });
}

function slicePadded(batch: PaddedBatch, members: readonly number[]): PaddedBatch {
  const { time } = batch;
  const pick = (values: Float64Array) => {
    const out = new Float64Array(members.length * time);
    members.forEach((member, i) => {
      out.set(values.subarray(member * time, (member + 1) * time), i * time);
    });
    return out;
  };
  return {
    ...batch,
    batch: members.length,
    mask: pick(batch.mask),
    oldLogp: pick(batch.oldLogp),
    refLogp: batch.refLogp && pick(batch.refLogp),
    oldValues: batch.oldValues && pick(batch.oldValues),
    advantage: pick(batch.advantage),
    returns: batch.returns && pick(batch.returns),
    replayed: pick(batch.replayed),
  };
}

/** The loss of one minibatch as weights on the engine's outputs, with its metrics. */
function weighMinibatch(
  settings: Settings,
  batch: PaddedBatch,
  offsets: Int32Array,
  outputs: TokenOutputs,
): { weights: TokenWeights; metrics: { [name: string]: number } } {
  const { time } = batch;
  const logp = spread(outputs.logp, offsets, time);
  const anyReplayed = batch.replayed.some((value) => value === 1);
  const correction = anyReplayed ? replayWeights(logp, batch.oldLogp, batch.mask, settings.epsilon) : null;
  const input: TokenLossInput = {
    batch: batch.batch,
    time,
    groupSize: batch.groupSize,
    logp,
    oldLogp: batch.oldLogp,
    refLogp: batch.refLogp,
    advantage: batch.advantage,
    mask: batch.mask,
    sampleWeight: correction?.map((weight, i) => (batch.replayed[i] === 1 ? weight : 1)),
  };
  const key = settings.loss_type as LossKey;
  const result = computeLoss(key, input, lossOptions(settings));
  const tokens = offsets[offsets.length - 1];
  const clip = policyMetrics({
    ...input,
    epsilon: settings.epsilon,
    epsilonHigh: settings.epsilon_high,
  });
  const metrics: { [name: string]: number } = {
    loss: result.loss,
    'policy_drift/loss': result.metrics.policyDrift,
    'policy_drift/k3': clip['policy_drift/k3_forward'],
    // As the loss itself clips, in its own range; 0 where it has no clip.
    'clip_ratio/low_mean': result.metrics.clipLow,
    'clip_ratio/high_mean': result.metrics.clipHigh,
    'ratio/max': clip['ratio/max'],
    entropy: mean(outputs.entropy),
  };
  if (batch.refLogp) metrics.kl = klToReference(logp, batch.refLogp, batch.mask);
  let values: Float32Array | null = null;
  if (outputs.values && batch.oldValues && batch.returns) {
    const now = spread(outputs.values, offsets, time);
    const value = valueLoss(now, batch.oldValues, batch.returns, batch.mask, settings.value_clip);
    metrics['value/loss'] = value.loss;
    metrics.loss += settings.value_coef * value.loss;
    values = gather(value.gradValues, offsets, time).map((slope) => slope * settings.value_coef);
  }
  return {
    weights: {
      logp: gather(result.gradLogp, offsets, time),
      entropy:
        settings.entropy_coef === 0
          ? null
          : new Float32Array(tokens).fill(-settings.entropy_coef / Math.max(1, tokens)),
      values,
    },
    metrics,
  };
}

function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total / Math.max(1, values.length);
}

/** Mean k3 of KL(policy || reference) over valid tokens. */
function klToReference(logp: Float64Array, refLogp: Float64Array, mask: Float64Array): number {
  let total = 0;
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const d = refLogp[i] - logp[i];
    total += Math.expm1(d) - d;
    count++;
  }
  return total / Math.max(1, count);
}

export type UpdateResult = {
  metrics: { [name: string]: number };
  /** One advantage per sample, groups in the given order. */
  advantages: Float64Array;
};

/**
 * Advantages over all groups, then `epochs` passes in `minibatches` optimiser steps.
 * Groups are kept whole, so that every aggregation mode sees its groups.
 */
export async function updatePolicy(
  context: TrainingContext,
  state: RunState,
  encoder: SequenceEncoder,
  groups: readonly Group[],
  learningRate: number,
  freezeVision: boolean,
): Promise<UpdateResult> {
  const { settings } = context;
  const batch = padded(groups, state.step);
  const { temperature } = settings;
  if (settings.loss_type === 'ppo') {
    batch.oldValues = (await forwardAll(state.policy, encoder, groups, batch.time, temperature)).values;
  }
  if (state.reference) {
    batch.refLogp = (await forwardAll(state.reference, encoder, groups, batch.time, temperature)).logp;
  }
  const advantages = estimateAdvantages(settings, batch, trainedRewards(groups));
  const sums: { [name: string]: number } = {};
  let steps = 0;
  let ratioMax = 0;
  const count = Math.min(settings.minibatches, groups.length);
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    const stream = new RandomStream(settings.seed, 'minibatches', state.step, epoch);
    const order = stream.shuffled(groups.map((_, g) => g));
    for (let part = 0; part < count; part++) {
      const chosen = order.slice(
        Math.floor((part * order.length) / count),
        Math.floor(((part + 1) * order.length) / count),
      );
      const members = chosen.flatMap((g) =>
        Array.from({ length: batch.groupSize }, (_, i) => g * batch.groupSize + i),
      );
      const minibatch = slicePadded(batch, members);
      const encoded = encoder.responses(
        chosen.flatMap((g) =>
          groups[g].samples.map((sample) => ({ prompt: groups[g].prompt, response: sample.response })),
        ),
      );
      let metrics: { [name: string]: number } = {};
      const report = await state.policy.updateTokens(
        encoded.batch,
        encoded.rows,
        encoded.targets,
        temperature,
        (outputs) => {
          const weighed = weighMinibatch(settings, minibatch, encoded.offsets, outputs);
          metrics = weighed.metrics;
          return weighed.weights;
        },
        optimizerStep(settings, learningRate, freezeVision),
      );
      state.policyVersion++;
      steps++;
      ratioMax = Math.max(ratioMax, metrics['ratio/max']);
      for (const [name, value] of Object.entries({ ...metrics, grad_norm: report.gradNorm })) {
        sums[name] = (sums[name] ?? 0) + value;
      }
    }
  }
  const metrics = Object.fromEntries(
    Object.entries(sums).map(([name, total]) => [name, total / Math.max(1, steps)]),
  );
  metrics['ratio/max'] = ratioMax;
  return { metrics, advantages };
}

/** Exact KL(old || new) per token over the vocabulary, on the first groups of a batch: what the drift term only stands in for. */
export async function exactDrift(
  model: RunState['policy'],
  encoder: SequenceEncoder,
  groups: readonly Group[],
  before: Float32Array,
  temperature: number,
): Promise<number> {
  const after = await policyLogits(model, encoder, groups);
  const vocabulary = model.spec.config.vocabularySize;
  return mean(
    exactKlRows(
      logSoftmaxRows(before, vocabulary, temperature),
      logSoftmaxRows(after, vocabulary, temperature),
      vocabulary,
    ),
  );
}

/** Logits of every response row of the groups. */
export async function policyLogits(
  model: RunState['policy'],
  encoder: SequenceEncoder,
  groups: readonly Group[],
): Promise<Float32Array> {
  const { batch, rows } = encoder.responses(
    groups.flatMap((group) =>
      group.samples.map((sample) => ({ prompt: group.prompt, response: sample.response })),
    ),
  );
  return model.logits(batch, rows);
}

function logSoftmaxRows(logits: Float32Array, vocabulary: number, temperature: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += vocabulary) {
    let top = -Infinity;
    for (let j = 0; j < vocabulary; j++) top = Math.max(top, logits[at + j] / temperature);
    let total = 0;
    for (let j = 0; j < vocabulary; j++) total += Math.exp(logits[at + j] / temperature - top);
    const lse = top + Math.log(total);
    for (let j = 0; j < vocabulary; j++) result[at + j] = logits[at + j] / temperature - lse;
  }
  return result;
}
