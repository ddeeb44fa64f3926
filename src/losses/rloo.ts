// RLOO: the clipped surrogate on the probability of whole sequences, with a leave-one-out baseline.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const rloo: LossDefinition = {
  name: 'RLOO',
  description: 'Leave-one-out baseline; the ratio of the whole completion is clipped, one loss per sequence.',
  source: 'Ahmadian et al., arXiv 2402.14740; TRL RLOOTrainer',
  advantage: 'rloo',
  knobs: SURROGATE_KNOBS,
  defaults: {
    ...NEUTRAL_OPTIONS,
    importanceSamplingLevel: 'sequence-sum',
    lossAggMode: 'seq-mean-token-mean',
  },
  compute: clippedSurrogate,
};
