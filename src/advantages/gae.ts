// GAE: generalised advantages from a value head, and its targets.

import { tokenRewards } from './tokenRewards.ts';
import {
  type AdvantageDefinition,
  type AdvantageInput,
  type AdvantageOptions,
  type AdvantageResult,
  BASE_ADVANTAGE_OPTIONS,
} from './types.ts';
import { whiten } from './whiten.ts';

/**
 * A_t = delta_t + gamma lambda A_{t+1}, delta_t = r_t + gamma V_{t+1} - V_t, over valid tokens; returns = A + V.
 * `raw` holds A, `token` holds it whitened. Source: Schulman et al., arXiv 1506.02438 Eq. 16.
 * @throws Error when `values` is missing.
 */
export function generalizedAdvantage(input: AdvantageInput, options: AdvantageOptions): AdvantageResult {
  const { batch, time, mask, values } = input;
  if (!values)
    throw new Error("GAE needs the value head's estimates: choose a loss without values, or keep the head.");
  const rewards = tokenRewards(input, options.klCoef);
  const raw = new Float64Array(batch * time);
  const returns = new Float64Array(batch * time);
  for (let b = 0; b < batch; b += 1) {
    let nextValue = 0;
    let nextAdvantage = 0;
    for (let i = (b + 1) * time - 1; i >= b * time; i -= 1) {
      if (mask[i] === 0) continue;
      const delta = rewards[i] + options.gamma * nextValue - values[i];
      nextAdvantage = delta + options.gamma * options.lambda * nextAdvantage;
      nextValue = values[i];
      raw[i] = nextAdvantage;
      returns[i] = nextAdvantage + values[i];
    }
  }
  return { token: whiten(raw, mask, options.whiten), sequence: null, returns, raw };
}

export const gae: AdvantageDefinition = {
  name: 'GAE',
  description: 'Temporal differences of a value head, summed with weight (gamma lambda)^k, whitened.',
  source: 'GAE, arXiv 1506.02438 Eq. 16; verl `compute_gae_advantage_return`',
  knobs: ['gamma', 'lambda', 'klCoef', 'whiten'],
  defaults: { ...BASE_ADVANTAGE_OPTIONS, whiten: 'unbiased' },
  compute: generalizedAdvantage,
};
