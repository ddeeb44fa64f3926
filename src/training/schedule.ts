// Learning-rate schedules and the optimiser step that the settings describe.

import { cos } from '../base/exactMath.ts';
import type { Settings } from '../config/index.ts';
import type { OptimizerStep } from '../engine/types.ts';
import type { TrainedStage } from './stages.ts';

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
  return peak * (0.1 + 0.45 * (1 + cos(Math.PI * Math.min(1, progress))));
}

/** The learning rate of a stage: it falls in SFT and heads, and stays in RL. */
export function stageRate(stage: TrainedStage, iteration: number, settings: Settings): number {
  const shape = stage.kind === 'rl' ? 'constant' : 'cosine';
  return learningRateAt(stage.learningRate, iteration, stage.iterations, settings.warmup_fraction, shape);
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
