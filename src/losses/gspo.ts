// GSPO: the clipped surrogate on the length-normalised ratio of the sequence.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const gspo: LossDefinition = {
  name: 'GSPO',
  description: 'The ratio and its clip are those of the sequence, length-normalised.',
  source: 'GSPO, arXiv 2507.18071 Eq. 5, 7',
  advantage: 'group',
  knobs: SURROGATE_KNOBS,
  defaults: {
    ...NEUTRAL_OPTIONS,
    epsilon: 3e-4,
    epsilonHigh: 4e-4,
    importanceSamplingLevel: 'sequence',
    lossAggMode: 'seq-mean-token-mean',
  },
  compute: clippedSurrogate,
};
