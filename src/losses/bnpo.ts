// BNPO: GRPO's surrogate averaged over the tokens of the batch at hand.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const bnpo: LossDefinition = {
  name: 'BNPO',
  description: 'GRPO averaged over all tokens of the local batch.',
  source: 'TRL loss_type bnpo',
  advantage: 'group',
  knobs: SURROGATE_KNOBS,
  defaults: NEUTRAL_OPTIONS,
  compute: clippedSurrogate,
};
