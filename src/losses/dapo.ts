// DAPO: the surrogate with a higher upper clip, averaged over all tokens of the batch.

import { surrogateLoss } from './clippedSurrogate.ts';

export const dapo = surrogateLoss({
  name: 'DAPO',
  description: 'Token-mean GRPO with a looser upper clip; with dynamic sampling and an overlong penalty.',
  source: 'DAPO, arXiv 2503.14476 Eq. 8',
  advantage: 'group',
  defaults: { epsilonHigh: 0.28 },
});
