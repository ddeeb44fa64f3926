// The loss of one minibatch as weights on the engine's outputs, with its metrics.

import { mean } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import type { TokenOutputs, TokenWeights } from '../engine/types.ts';
import { computeLoss, entropyWeights, meanK3, replayWeights, valueLoss } from '../losses/index.ts';
import { chosenLoss, lossOptions } from './lossSettings.ts';
import { gather, type PaddedBatch, spread } from './padded.ts';

export function weighMinibatch(
  settings: Settings,
  batch: PaddedBatch,
  offsets: Int32Array,
  outputs: TokenOutputs,
): { weights: TokenWeights; metrics: { [name: string]: number } } {
  const { time } = batch;
  const logp = spread(outputs.logp, offsets, time);
  // Losses with a ratio correct off-policy samples by it already; CPGD and its kin have none.
  const corrected = !chosenLoss(settings).usesRatio && batch.replayed.some((value) => value === 1);
  const correction = corrected ? replayWeights(logp, batch.oldLogp, batch.mask, settings.epsilon) : null;
  const sampleWeight = correction?.map((weight, i) => (batch.replayed[i] === 1 ? weight : 1));
  const result = computeLoss(settings.loss_type, { ...batch, logp, sampleWeight }, lossOptions(settings));
  const metrics: { [name: string]: number } = {
    loss: result.loss,
    'policy_drift/loss': result.metrics.policyDrift,
    'policy_drift/k3': meanK3(batch.oldLogp, logp, batch.mask),
    // As the loss itself clips, in its own range; 0 where it has no clip.
    'clip_ratio/low_mean': result.metrics.clipLow,
    'clip_ratio/high_mean': result.metrics.clipHigh,
    'ratio/max': result.metrics.ratioMax,
    entropy: mean(outputs.entropy),
  };
  if (batch.refLogp) metrics.kl = meanK3(logp, batch.refLogp, batch.mask);
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
          : gather(entropyWeights(batch.mask, -settings.entropy_coef), offsets, time),
      values,
    },
    metrics,
  };
}
