// BNPO: GRPO's surrogate averaged over the tokens of the batch at hand.

import { surrogateLoss } from './clippedSurrogate.ts';

export const bnpo = surrogateLoss({
  name: 'BNPO',
  description: 'GRPO averaged over all tokens of the local batch.',
  source: 'TRL loss_type bnpo',
  advantage: 'group',
});
