// The loss of one minibatch as weights on the engine's outputs, with its metrics.

import type { Settings } from '../config/index.ts';
import type { TokenOutputs, TokenWeights } from '../engine/types.ts';
import {
  computeLoss,
  type LossKey,
  mean,
  policyMetrics,
  referenceKlMean,
  replayWeights,
  type TokenLossInput,
  valueLoss,
} from '../losses/index.ts';
import { lossOptions } from './lossSettings.ts';
import { gather, type PaddedBatch, spread } from './padded.ts';

/** Losses whose policy term holds no importance ratio. */
const RATIO_FREE: ReadonlySet<Settings['loss_type']> = new Set(['cpgd', 'cpg', 'pgd', 'pg', 'reinforce']);

/** The loss of one minibatch as weights on the engine's outputs, with its metrics. */
export function weighMinibatch(
  settings: Settings,
  batch: PaddedBatch,
  offsets: Int32Array,
  outputs: TokenOutputs,
): { weights: TokenWeights; metrics: { [name: string]: number } } {
  const { time } = batch;
  const logp = spread(outputs.logp, offsets, time);
  // Losses with a ratio correct off-policy samples by it already; CPGD and its kin have none.
  const anyReplayed = RATIO_FREE.has(settings.loss_type) && batch.replayed.some((value) => value === 1);
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
  if (batch.refLogp) metrics.kl = referenceKlMean(logp, batch.refLogp, batch.mask);
  let values: Float32Array | null = null;
  if (outputs.values && batch.oldValues && batch.returns) {
    const now = spread(outputs.values, offsets, time);
    const value = valueLoss(now, batch.oldValues, batch.returns, batch.mask, settings.value_clip);
    metrics['value/loss'] = value.loss;
    metrics.loss += settings.value_coef * value.loss;
    values = gather(value.gradValues, offsets, time).map((gradient) => gradient * settings.value_coef);
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
