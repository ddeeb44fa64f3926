// GRPO's group-relative advantage, with TRL's `scale_rewards`.

import { standardDeviation } from '../base/numbers.ts';
import { centered, groupsOf, sequenceResult } from './groups.ts';
import {
  type AdvantageDefinition,
  type AdvantageInput,
  type AdvantageOptions,
  type AdvantageResult,
  BASE_ADVANTAGE_OPTIONS,
} from './types.ts';

/**
 * A = (R - mean_group R) / (s + epsilon), s the unbiased std of the group or of the batch, or undivided.
 * Source: GRPO, arXiv 2402.03300, section 4.1.2; TRL `scale_rewards`.
 */
export function groupRelative(input: AdvantageInput, options: AdvantageOptions): AdvantageResult {
  const groups = groupsOf(input.rewards, input.groupSize);
  const batchStd = standardDeviation(input.rewards);
  return sequenceResult(
    input,
    centered(input.rewards, groups, (group) => {
      if (options.scaleRewards === 'none') return 1;
      return 1 / ((options.scaleRewards === 'batch' ? batchStd : group.std) + options.epsilon);
    }),
  );
}

export const group: AdvantageDefinition = {
  name: 'Group-relative',
  description: 'Reward minus the mean of its group, divided by a standard deviation.',
  source: 'GRPO, arXiv 2402.03300, section 4.1.2; TRL `scale_rewards`',
  knobs: ['scaleRewards', 'epsilon'],
  defaults: BASE_ADVANTAGE_OPTIONS,
  compute: groupRelative,
};

export const groupMean: AdvantageDefinition = {
  name: 'Group mean baseline',
  description: 'Reward minus the mean of its group, undivided (Dr. GRPO).',
  source: 'Dr. GRPO, arXiv 2503.20783',
  knobs: [],
  defaults: { ...BASE_ADVANTAGE_OPTIONS, scaleRewards: 'none' },
  compute: (input, options) => groupRelative(input, { ...options, scaleRewards: 'none' }),
};
