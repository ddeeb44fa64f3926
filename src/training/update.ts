// The policy update: advantages over the batch, then epochs of minibatches, an optimiser step each.

import { type AdvantageResult, computeAdvantages } from '../advantages/index.ts';
import { sum } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import { RandomStream } from '../random/philox.ts';
import type { RunState, TrainingContext } from './context.ts';
import { advantageKey, advantageOptions, chosenLoss } from './lossSettings.ts';
import { weighMinibatch } from './minibatch.ts';
import { type PaddedBatch, padded, slicePadded, spread } from './padded.ts';
import { type Group, itemsOf } from './rollout.ts';
import { optimizerStep } from './schedule.ts';

const FORWARD_BATCH = 64;

/** Log-probs (and values) of all samples under a model, in the padded layout. */
async function forwardAll(
  model: RunState['policy'],
  encoder: RunState['encoder'],
  groups: readonly Group[],
  time: number,
  temperature: number,
): Promise<{ logp: Float64Array; values: Float64Array | null }> {
  const items = itemsOf(groups);
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

/** The very totals that are stored and shown. */
function totalsOf(groups: readonly Group[]): number[] {
  return groups.flatMap(({ samples }) => samples.map(({ terms }) => terms.total));
}

/** Advantages of the batch; fills `advantage` (and `returns`) of the padded batch. Returns one number per sample, for display. */
function estimateAdvantages(
  settings: Settings,
  batch: PaddedBatch,
  rewards: readonly number[],
  sampledRewards: readonly number[],
): Float64Array {
  const key = advantageKey(settings);
  const result = computeAdvantages(
    key,
    {
      batch: batch.batch,
      time: batch.time,
      groupSize: batch.groupSize,
      rewards,
      sampledRewards,
      mask: batch.mask,
      oldLogp: batch.oldLogp,
      refLogp: batch.refLogp,
      values: batch.oldValues,
    },
    advantageOptions(settings),
  );
  batch.advantage = result.token;
  batch.returns = result.returns;
  return sampleAdvantages(result, batch.mask, batch.time);
}

/** One advantage per sample, for display: the estimator's own, or the mean over the sample's tokens. */
export function sampleAdvantages(
  { sequence, token }: AdvantageResult,
  mask: Float64Array,
  time: number,
): Float64Array {
  if (sequence) return Float64Array.from(sequence);
  return Float64Array.from({ length: mask.length / time }, (_, b) => {
    const own = mask.subarray(b * time, (b + 1) * time);
    const total = own.reduce((all, valid, t) => all + valid * token[b * time + t], 0);
    return total / Math.max(1, sum(own));
  });
}

export type UpdateResult = {
  metrics: { [name: string]: number };
  /** One advantage per sample, groups in the given order. */
  advantages: Float64Array;
};

/**
 * Advantages over all groups, then `epochs` passes in `minibatches` optimiser steps.
 * Groups are kept whole, so that every aggregation mode sees its groups.
 * @param sampled all groups that the iteration sampled, also those left out: `clip_filter` counts over them.
 */
export async function updatePolicy(
  context: TrainingContext,
  state: RunState,
  groups: readonly Group[],
  sampled: readonly Group[],
  learningRate: number,
  freezeVision: boolean,
): Promise<UpdateResult> {
  const { settings } = context;
  const { encoder } = state;
  const batch = padded(groups, state.step);
  const { temperature } = settings;
  if (chosenLoss(settings).needsValueHead) {
    batch.oldValues = (await forwardAll(state.policy, encoder, groups, batch.time, temperature)).values;
  }
  if (state.reference) {
    batch.refLogp = (await forwardAll(state.reference, encoder, groups, batch.time, temperature)).logp;
  }
  const advantages = estimateAdvantages(settings, batch, totalsOf(groups), totalsOf(sampled));
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
      const encoded = encoder.responses(itemsOf(chosen.map((g) => groups[g])));
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
