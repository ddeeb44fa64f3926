// The policy update: advantages over the batch, then epochs of minibatches, an optimiser step each.

import { type AdvantageResult, computeAdvantages } from '../advantages/index.ts';
import { sum } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import type { TokenOutputs } from '../engine/types.ts';
import { RandomStream } from '../random/philox.ts';
import { constrainedAdvantages } from './constraint.ts';
import type { RunState, TrainingContext } from './context.ts';
import { type BeforeUpdate, exactDrift, FORWARD_BATCH, referenceKl } from './exactKl.ts';
import { advantageKey, advantageOptions, chosenLoss } from './lossSettings.ts';
import { movesPolicy, type WeighedMetrics, weighMinibatch } from './minibatch.ts';
import { type PaddedBatch, padded, slicePadded, spread } from './padded.ts';
import { type Group, itemsOf } from './rollout.ts';
import { optimizerStep } from './schedule.ts';

/** The exact drift is measured on as many responses as so many groups have. */
const DRIFT_GROUPS = 2;

/** Values of all samples under a model with a value head, in the padded layout. */
async function valuesOf(
  model: RunState['policy'],
  encoder: RunState['encoder'],
  groups: readonly Group[],
  time: number,
  temperature: number,
): Promise<Float64Array> {
  const items = itemsOf(groups);
  const all = new Float64Array(items.length * time);
  for (let start = 0; start < items.length; start += FORWARD_BATCH) {
    const { batch, rows, targets, offsets } = encoder.responses(items.slice(start, start + FORWARD_BATCH));
    const { values } = await model.tokenOutputs(batch, rows, targets, temperature);
    if (!values) throw new Error('the policy of this loss has a value head');
    all.set(spread(values, offsets, time), start * time);
  }
  return all;
}

/** The very totals (or costs) that are stored and shown. */
function termOf(name: 'total' | 'cost', groups: readonly Group[]): number[] {
  return groups.flatMap(({ samples }) => samples.map(({ terms }) => terms[name]));
}

/** Advantages of the batch; fills `advantage` (and `returns`) of the padded batch. Returns one number per sample, for display. */
function estimateAdvantages(
  settings: Settings,
  batch: PaddedBatch,
  groups: readonly Group[],
  sampled: readonly Group[],
  multiplier: number,
): Float64Array {
  const options = advantageOptions(settings);
  const advantagesOf = (name: 'total' | 'cost', klCoef: number) =>
    computeAdvantages(
      advantageKey(settings),
      {
        batch: batch.batch,
        time: batch.time,
        groupSize: batch.groupSize,
        rewards: termOf(name, groups),
        sampledRewards: termOf(name, sampled),
        mask: batch.mask,
        oldLogp: batch.oldLogp,
        refLogp: batch.refLogp,
        values: batch.oldValues,
      },
      { ...options, klCoef },
    );
  const reward = advantagesOf('total', options.klCoef);
  // A KL inside the reward counts as a cost too, so that the multiplier does not change its weight.
  const result = settings.safety_cost
    ? constrainedAdvantages(reward, advantagesOf('cost', -options.klCoef), multiplier)
    : reward;
  batch.advantage = result.token;
  batch.returns = reward.returns;
  return sampleAdvantages(result, batch.mask, batch.time);
}

/** One advantage per sample, for display: the estimator's own, or the mean over the sample's tokens. */
export function sampleAdvantages(
  { sequence, token }: Pick<AdvantageResult, 'sequence' | 'token'>,
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
  /** Optimiser steps that were done; minibatches in which nothing moves the policy have none. */
  steps: number;
};

export type UpdateOptions = {
  learningRate: number;
  freezeVision: boolean;
  /** Whether the exact drift is measured. */
  withDrift: boolean;
};

/** The minibatches of an epoch, in order: which of the groups each holds. */
export function minibatchesOf(
  { minibatches, seed }: Pick<Settings, 'minibatches' | 'seed'>,
  step: number,
  epoch: number,
  groups: number,
): number[][] {
  const count = Math.min(minibatches, groups);
  const stream = new RandomStream(seed, 'minibatches', step, epoch);
  const order = stream.shuffled(Array.from({ length: groups }, (_, g) => g));
  return Array.from({ length: count }, (_, part) =>
    order.slice(Math.floor((part * groups) / count), Math.floor(((part + 1) * groups) / count)),
  );
}

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
  { learningRate, freezeVision, withDrift }: UpdateOptions,
): Promise<UpdateResult> {
  const { settings } = context;
  const { encoder } = state;
  const batch = padded(groups, state.step);
  const { temperature } = settings;
  if (chosenLoss(settings).needsValueHead) {
    batch.oldValues = await valuesOf(state.policy, encoder, groups, batch.time, temperature);
  }
  let measured: { kl: number; before: BeforeUpdate } | null = null;
  if (state.reference) {
    const probes = withDrift ? DRIFT_GROUPS * batch.groupSize : 0;
    const how = { time: batch.time, temperature, probes };
    const { logp, ...found } = await referenceKl(state, state.reference, itemsOf(groups), how);
    batch.refLogp = logp;
    measured = found;
  }
  const advantages = estimateAdvantages(settings, batch, groups, sampled, state.multiplier);
  const totals = new MetricTotals();
  let steps = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    for (const chosen of minibatchesOf(settings, state.step, epoch, groups.length)) {
      const members = chosen.flatMap((g) =>
        Array.from({ length: batch.groupSize }, (_, i) => g * batch.groupSize + i),
      );
      const minibatch = slicePadded(batch, members);
      const encoded = encoder.responses(itemsOf(chosen.map((g) => groups[g])));
      const inputs = [encoded.batch, encoded.rows, encoded.targets, temperature] as const;
      const weigh = (outputs: TokenOutputs) => {
        const { weights, metrics } = weighMinibatch(settings, minibatch, encoded.offsets, outputs);
        totals.add(metrics);
        return weights;
      };
      if (!movesPolicy(settings, minibatch, steps > 0)) {
        // It counts in the means, as what it is: without a step.
        weigh(await state.policy.tokenOutputs(...inputs));
        continue;
      }
      const report = await state.policy.updateTokens(
        ...inputs,
        weigh,
        optimizerStep(settings, learningRate, freezeVision),
      );
      totals.add({ grad_norm: { value: report.gradNorm, weight: 1 } });
      steps++;
    }
  }
  const metrics = totals.means();
  if ('value/loss' in metrics) metrics.loss += settings.value_coef * metrics['value/loss'];
  if (measured) {
    metrics.kl = measured.kl;
    if (withDrift && steps > 0)
      metrics['policy_drift/exact'] = await exactDrift(state, measured.before, temperature);
  }
  return { metrics, advantages, steps };
}

/** Sums of metrics over minibatches, each by what it stands for, so that the means do not depend on how a batch is divided. */
class MetricTotals {
  private readonly sums = new Map<string, { value: number; weight: number }>();
  private ratioMax = 0;

  add(metrics: WeighedMetrics): void {
    for (const [name, { value, weight }] of Object.entries(metrics)) {
      if (name === 'ratio/max') this.ratioMax = Math.max(this.ratioMax, value);
      const before = this.sums.get(name) ?? { value: 0, weight: 0 };
      this.sums.set(name, { value: before.value + value * weight, weight: before.weight + weight });
    }
  }

  means(): { [name: string]: number } {
    const means = [...this.sums].map(([name, { value, weight }]) => [name, value / Math.max(1, weight)]);
    return {
      ...Object.fromEntries(means),
      ...(this.sums.has('ratio/max') && { 'ratio/max': this.ratioMax }),
    };
  }
}
