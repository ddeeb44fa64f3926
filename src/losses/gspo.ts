// GSPO: the clipped surrogate on the length-normalised ratio of the sequence.

import { surrogateLoss } from './clippedSurrogate.ts';

export const gspo = surrogateLoss({
  name: 'GSPO',
  description: 'The ratio and its clip are those of the sequence, length-normalised.',
  source: 'GSPO, arXiv 2507.18071 Eq. 5, 7',
  advantage: 'group',
  defaults: {
    epsilon: 3e-4,
    epsilonHigh: 4e-4,
    importanceSamplingLevel: 'sequence',
    lossAggMode: 'seq-mean-token-mean',
  },
});
