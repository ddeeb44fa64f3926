// RLOO: the clipped surrogate on the probability of whole sequences, with a leave-one-out baseline.

import { surrogateLoss } from './clippedSurrogate.ts';

export const rloo = surrogateLoss({
  name: 'RLOO',
  description: 'Leave-one-out baseline; the ratio of the whole completion is clipped, one loss per sequence.',
  source: 'Ahmadian et al., arXiv 2402.14740; TRL RLOOTrainer',
  advantage: 'rloo',
  defaults: {
    importanceSamplingLevel: 'sequence-sum',
    lossAggMode: 'seq-mean-token-mean',
  },
});
