// PPO's clipped value loss, with its gradient with respect to the new values.

import { clamp, sum } from '../base/numbers.ts';
import type { Floats } from './types.ts';

export type ValueLossResult = {
  /** To be minimised. */
  loss: number;
  /** dLoss/dvalue per token, [B*T]; 0 on padding. */
  gradValues: Float64Array;
  /** Share of valid tokens where the clipped error is the larger one. */
  clipFraction: number;
};

/**
 * Token mean of 0.5 max((v - R)^2, (clip(v, v_old - c, v_old + c) - R)^2).
 * All arrays are [B*T]. Source: PPO's public code (openai/baselines ppo2); verl `compute_value_loss`.
 */
export function valueLoss(
  values: Floats,
  oldValues: Floats,
  returns: Floats,
  mask: ArrayLike<number>,
  clipRange: number,
): ValueLossResult {
  const count = Math.max(sum(mask), 1);
  const gradValues = new Float64Array(values.length);
  let loss = 0;
  let clipped = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (mask[i] === 0) continue;
    const held = clamp(values[i], oldValues[i] - clipRange, oldValues[i] + clipRange);
    const error = values[i] - returns[i];
    const heldError = held - returns[i];
    const takesHeld = heldError ** 2 > error ** 2;
    loss += (0.5 * Math.max(error ** 2, heldError ** 2)) / count;
    // Where the held error wins, `held` sits on the clip's edge and does not move with the value.
    gradValues[i] = takesHeld ? 0 : error / count;
    if (takesHeld) clipped += 1;
  }
  return { loss, gradValues, clipFraction: clipped / count };
}
