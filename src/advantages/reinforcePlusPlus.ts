// REINFORCE++: discounted token returns with a KL penalty, whitened over the batch.

import { centered, groupsOf, sequenceResult } from './groups.ts';
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
 * A_t = whiten(sum_{s >= t} gamma^(s - t) r_s), r_s = outcome on the last token - klCoef (oldLogp - refLogp).
 * Source: REINFORCE++, arXiv 2501.03262; OpenRLHF `experience_maker`, verl `core_algos`.
 */
export function whitenedReturns(input: AdvantageInput, options: AdvantageOptions): AdvantageResult {
  const { batch, time, mask } = input;
  const rewards = tokenRewards(input, options.klCoef);
  const raw = new Float64Array(batch * time);
  for (let b = 0; b < batch; b += 1) {
    let following = 0;
    for (let i = (b + 1) * time - 1; i >= b * time; i -= 1) {
      if (mask[i] === 0) continue;
      following = rewards[i] + options.gamma * following;
      raw[i] = following;
    }
  }
  return { token: whiten(raw, mask, options.whiten), sequence: null, returns: raw, raw };
}

export const reinforcePlusPlus: AdvantageDefinition = {
  name: 'REINFORCE++',
  description: 'Token returns with a KL penalty, whitened over all tokens of the batch.',
  source: 'REINFORCE++, arXiv 2501.03262; OpenRLHF, verl',
  knobs: ['klCoef', 'gamma', 'whiten'],
  defaults: { ...BASE_ADVANTAGE_OPTIONS, klCoef: 0.02, whiten: 'biased' },
  compute: whitenedReturns,
};

export const reinforcePlusPlusBaseline: AdvantageDefinition = {
  name: 'REINFORCE++ baseline',
  description: 'Group-mean baseline, then whitened over all tokens of the batch.',
  source: 'REINFORCE++, arXiv 2501.03262; verl `reinforce_plus_plus_baseline`',
  knobs: ['whiten'],
  defaults: { ...BASE_ADVANTAGE_OPTIONS, whiten: 'unbiased' },
  compute: (input, options) => {
    const groups = groupsOf(input.rewards, input.groupSize);
    const { token: raw } = sequenceResult(
      input,
      centered(input.rewards, groups, () => 1),
    );
    return { token: whiten(raw, input.mask, options.whiten), sequence: null, returns: null, raw };
  },
};
