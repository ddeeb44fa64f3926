// Dr. GRPO: GRPO's surrogate divided by a constant length, with unscaled rewards.

import { surrogateLoss } from './clippedSurrogate.ts';

export const drGrpo = surrogateLoss({
  name: 'Dr. GRPO',
  description: 'GRPO without its length and difficulty biases: divided by a constant length.',
  source: 'Dr. GRPO, arXiv 2503.20783; TRL loss_type dr_grpo',
  advantage: 'group',
  scaleRewards: 'none',
  defaults: { lossAggMode: 'fixed-length' },
});
