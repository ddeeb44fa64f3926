// GRPO: the clipped surrogate, averaged inside each completion, then over completions.

import { surrogateLoss } from './clippedSurrogate.ts';

export const grpo = surrogateLoss({
  name: 'GRPO',
  description: 'Clipped ratio with group-normalised rewards; the mean of per-completion means.',
  source: 'GRPO, arXiv 2402.03300 Eq. 3; TRL loss_type grpo',
  advantage: 'group',
  defaults: { lossAggMode: 'seq-mean-token-mean' },
});
