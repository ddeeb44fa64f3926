// Dr. GRPO: GRPO's surrogate divided by a constant length, with unscaled rewards.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const drGrpo: LossDefinition = {
  name: 'Dr. GRPO',
  description: 'GRPO without its length and difficulty biases: divided by a constant length.',
  source: 'Dr. GRPO, arXiv 2503.20783; TRL loss_type dr_grpo',
  advantage: 'group_mean',
  knobs: SURROGATE_KNOBS,
  defaults: { ...NEUTRAL_OPTIONS, lossAggMode: 'fixed-length' },
  compute: clippedSurrogate,
};
