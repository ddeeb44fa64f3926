// RLOO: each completion's baseline is the mean reward of the others in its group.

import { normalizeBatch } from './batchNorm.ts';
import { centered, groupsOf, sequenceResult } from './groups.ts';
import { type AdvantageDefinition, BASE_ADVANTAGE_OPTIONS } from './types.ts';

export const rloo: AdvantageDefinition = {
  name: 'Leave-one-out',
  description: 'Reward minus the mean reward of the other completions of the group.',
  source: 'Ahmadian et al., arXiv 2402.14740; TRL RLOOTrainer',
  knobs: ['normalize', 'epsilon'],
  defaults: BASE_ADVANTAGE_OPTIONS,
  compute: (input, options) => {
    // R - (G mean - R) / (G - 1) = G / (G - 1) (R - mean).
    const groups = groupsOf(input.rewards, input.groupSize);
    const sequence = centered(input.rewards, groups, ({ size }) => size / (size - 1));
    return sequenceResult(input, options.normalize ? normalizeBatch(sequence, options.epsilon) : sequence);
  },
};
