// The loss of one minibatch as weights on the engine's outputs, with its metrics.

import { mean } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import type { TokenOutputs, TokenWeights } from '../engine/types.ts';
import {
  aggregationCount,
  computeLoss,
  entropyWeights,
  meanK3,
  replayWeights,
  resolveLossOptions,
  valueLoss,
} from '../losses/index.ts';
import { chosenLoss, lossOptions } from './lossSettings.ts';
import { gather, type PaddedBatch, spread } from './padded.ts';

/** Metrics of a minibatch with how much each stands for: its tokens, or what the loss is a mean over. */
export type WeighedMetrics = { [name: string]: { value: number; weight: number } };

/** Log-probs of the sampler and of the update, or of equal models, differ by less than this through rounding alone, nats. */
const ROUNDING = 1e-4;

/**
 * Whether anything but rounding moves the policy on these samples: an advantage, the entropy bonus, the value loss, or a KL with
 * something to pull back. Adam makes a full step of a gradient of rounding errors.
 * @param moved the policy is not any more the one that sampled.
 */
export function movesPolicy(settings: Settings, batch: PaddedBatch, moved: boolean): boolean {
  const { advantage, replayed, oldLogp, refLogp } = batch;
  if (advantage.some((value) => value !== 0) || settings.entropy_coef !== 0) return true;
  if (chosenLoss(settings).needsValueHead && settings.value_coef !== 0) return true;
  const { policyDriftCoef, beta } = resolveLossOptions(settings.loss_type, lossOptions(settings));
  const drifted = moved || replayed.some((value) => value === 1);
  if (drifted && (policyDriftCoef !== 0 || beta !== 0)) return true;
  return (
    beta !== 0 && refLogp !== null && oldLogp.some((value, i) => Math.abs(value - refLogp[i]) > ROUNDING)
  );
}

/** The loss of one minibatch, normalised by its own tokens (or responses, or prompts): each of them is an optimiser step. */
export function weighMinibatch(
  settings: Settings,
  batch: PaddedBatch,
  offsets: Int32Array,
  outputs: TokenOutputs,
): { weights: TokenWeights; metrics: WeighedMetrics } {
  const { time } = batch;
  const logp = spread(outputs.logp, offsets, time);
  // Losses with a ratio correct off-policy samples by it already; CPGD and its kin have none.
  const corrected = !chosenLoss(settings).usesRatio && batch.replayed.some((value) => value === 1);
  const correction = corrected ? replayWeights(logp, batch.oldLogp, batch.mask, settings.epsilon) : null;
  const sampleWeight = correction?.map((weight, i) => (batch.replayed[i] === 1 ? weight : 1));
  const options = resolveLossOptions(settings.loss_type, lossOptions(settings));
  const result = computeLoss(settings.loss_type, { ...batch, logp, sampleWeight }, options);
  const tokens = outputs.logp.length;
  const byToken = (value: number) => ({ value, weight: tokens });
  const byLoss = (value: number) => ({ value, weight: aggregationCount(batch, options.lossAggMode) });
  const metrics: WeighedMetrics = {
    loss: byLoss(result.loss),
    'policy_drift/loss': byLoss(result.metrics.policyDrift),
    'policy_drift/k3': byToken(meanK3(batch.oldLogp, logp, batch.mask)),
    // As the loss itself clips, in its own range; 0 where it has no clip.
    'clip_ratio/low_mean': byToken(result.metrics.clipLow),
    'clip_ratio/high_mean': byToken(result.metrics.clipHigh),
    'ratio/max': byToken(result.metrics.ratioMax),
    entropy: byToken(mean(outputs.entropy)),
  };
  let values: Float32Array | null = null;
  if (outputs.values && batch.oldValues && batch.returns) {
    const now = spread(outputs.values, offsets, time);
    const value = valueLoss(now, batch.oldValues, batch.returns, batch.mask, settings.value_clip);
    metrics['value/loss'] = byToken(value.loss);
    values = gather(value.gradValues, offsets, time).map((gradient) => gradient * settings.value_coef);
  }
  return {
    weights: {
      logp: gather(result.gradLogp, offsets, time),
      entropy:
        settings.entropy_coef === 0
          ? null
          : gather(entropyWeights(batch.mask, -settings.entropy_coef), offsets, time),
      values,
    },
    metrics,
  };
}
