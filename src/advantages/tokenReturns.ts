// Estimators with an advantage per token: sums of the rewards that follow it, with or without a value head.

import type { AdvantageDefinition, AdvantageInput, AdvantageOptions } from './types.ts';

/**
 * Reward per token, [B*T]: the outcome on the last valid token, minus klCoef (oldLogp - refLogp) on every valid one.
 * @throws Error when `klCoef` is not 0 and the log-probs are missing.
 */
function tokenRewards(input: AdvantageInput, klCoef: number): Float64Array {
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

/** GAE before whitening, and the targets of the value head. @throws Error when `values` is missing. */
function discounted(input: AdvantageInput, { klCoef, gamma, lambda }: AdvantageOptions) {
  const { batch, time, mask, values } = input;
  if (!values)
    throw new Error("GAE needs the value head's estimates: choose a loss without values, or keep the head.");
  const rewards = tokenRewards(input, klCoef);
  const token = new Float64Array(batch * time);
  const returns = new Float64Array(batch * time);
  for (let b = 0; b < batch; b += 1) {
    let nextValue = 0;
    let nextAdvantage = 0;
    for (let i = (b + 1) * time - 1; i >= b * time; i -= 1) {
      if (mask[i] === 0) continue;
      const delta = rewards[i] + gamma * nextValue - values[i];
      nextAdvantage = delta + gamma * lambda * nextAdvantage;
      nextValue = values[i];
      token[i] = nextAdvantage;
      returns[i] = nextAdvantage + values[i];
    }
  }
  return { token, returns };
}

/**
 * A_t = delta_t + gamma lambda A_{t+1}, delta_t = r_t + gamma V_{t+1} - V_t, over valid tokens; returns = A + V.
 * Source: Schulman et al., arXiv 1506.02438 Eq. 16; verl `compute_gae_advantage_return`.
 */
export const gae: AdvantageDefinition = { defaults: { whiten: 'unbiased' }, compute: discounted };

/**
 * A_t = sum_{s >= t} gamma^(s - t) r_s: GAE without values, lambda 1. Source: REINFORCE++, arXiv 2501.03262.
 * Trained whitened with the biased variance, as in OpenRLHF's `experience_maker`; verl's `core_algos` whitens unbiased.
 */
export const reinforcePlusPlus: AdvantageDefinition = {
  defaults: { klCoef: 0.02, whiten: 'biased' },
  compute: (input, options) => {
    const values = new Float64Array(input.batch * input.time);
    return { token: discounted({ ...input, values }, { ...options, lambda: 1 }).token };
  },
};
