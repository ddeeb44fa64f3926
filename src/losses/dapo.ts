// DAPO: the surrogate with a higher upper clip, averaged over all tokens of the batch.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const dapo: LossDefinition = {
  name: 'DAPO',
  description: 'Token-mean GRPO with a looser upper clip; with dynamic sampling and an overlong penalty.',
  source: 'DAPO, arXiv 2503.14476 Eq. 8',
  advantage: 'group',
  knobs: SURROGATE_KNOBS,
  defaults: { ...NEUTRAL_OPTIONS, epsilonHigh: 0.28 },
  compute: clippedSurrogate,
};
