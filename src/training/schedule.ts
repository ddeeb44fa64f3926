// Learning-rate schedules and the optimiser step that the settings describe.

import type { Settings } from '../config/index.ts';
import type { OptimizerStep } from '../engine/types.ts';

/**
 * Linear warm-up over a share of the stage, then `cosine` down to a tenth of the peak, or `constant`.
 * @param iteration from 0
 */
export function learningRateAt(
  peak: number,
  iteration: number,
  iterations: number,
  warmupFraction: number,
  shape: 'cosine' | 'constant',
): number {
  const warmup = Math.ceil(iterations * warmupFraction);
  if (iteration < warmup) return (peak * (iteration + 1)) / (warmup + 1);
  if (shape === 'constant') return peak;
  const progress = (iteration - warmup) / Math.max(1, iterations - warmup);
  return peak * (0.1 + 0.45 * (1 + Math.cos(Math.PI * Math.min(1, progress))));
}

/** AdamW as the settings say, at this learning rate. */
export function optimizerStep(
  settings: Settings,
  learningRate: number,
  freezeVision: boolean,
): OptimizerStep {
  return {
    learningRate,
    beta1: settings.beta1,
    beta2: settings.beta2,
    epsilon: 1e-8,
    weightDecay: settings.weight_decay,
    maxGradNorm: settings.max_grad_norm,
    freezeVision,
  };
}
