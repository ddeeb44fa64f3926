// GRPO: the clipped surrogate, averaged inside each completion, then over completions.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const grpo: LossDefinition = {
  name: 'GRPO',
  description: 'Clipped ratio with group-normalised rewards; the mean of per-completion means.',
  source: 'GRPO, arXiv 2402.03300 Eq. 3; TRL loss_type grpo',
  advantage: 'group',
  knobs: SURROGATE_KNOBS,
  defaults: { ...NEUTRAL_OPTIONS, lossAggMode: 'seq-mean-token-mean' },
  compute: clippedSurrogate,
};
