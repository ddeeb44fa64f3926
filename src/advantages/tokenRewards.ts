// From a completion's reward to a reward per token, with an optional KL penalty.

import type { AdvantageInput } from './types.ts';

/**
 * Reward per token, [B*T]: the outcome on the last valid token, minus klCoef (oldLogp - refLogp) on every valid one.
 * @throws Error when `klCoef` is not 0 and the log-probs are missing.
 */
export function tokenRewards(input: AdvantageInput, klCoef: number): Float64Array {
  const { batch, time, mask, oldLogp, refLogp, rewards } = input;
  const out = new Float64Array(batch * time);
  if (klCoef !== 0 && (!oldLogp || !refLogp)) {
    throw new Error(
      'A KL penalty in the reward needs old and reference log-probs: set klCoef to 0 or give both.',
    );
  }
  for (let b = 0; b < batch; b += 1) {
    let last = -1;
    for (let i = b * time; i < (b + 1) * time; i += 1) {
      if (mask[i] === 0) continue;
      last = i;
      if (klCoef !== 0 && oldLogp && refLogp) out[i] = -klCoef * (oldLogp[i] - refLogp[i]);
    }
    if (last >= 0) out[last] += rewards[b];
  }
  return out;
}
