// REINFORCE: -R logp summed over each sequence, without baseline.

import { logProbLoss } from './logProbPolicy.ts';

export const reinforce = logProbLoss({
  name: 'REINFORCE',
  description: 'The raw reward times the log-prob of the whole completion; high variance, no baseline.',
  source: 'Williams (1992); verl `compute_policy_loss_reinforce`',
  advantage: 'raw',
  defaults: { lossAggMode: 'seq-mean-token-sum' },
});
