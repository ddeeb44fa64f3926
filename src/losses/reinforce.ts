// REINFORCE: -R logp summed over each sequence, without baseline.

import { logProbPolicy } from './logProbPolicy.ts';
import { COMMON_KNOBS, type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const reinforce: LossDefinition = {
  name: 'REINFORCE',
  description: 'The raw reward times the log-prob of the whole completion; high variance, no baseline.',
  source: 'Williams (1992); verl `compute_policy_loss_reinforce`',
  advantage: 'raw',
  knobs: COMMON_KNOBS,
  defaults: { ...NEUTRAL_OPTIONS, lossAggMode: 'seq-mean-token-sum' },
  compute: (input, options) => logProbPolicy(input, { ...options, policyDriftCoef: 0 }),
};
