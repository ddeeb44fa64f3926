// REINFORCE++: PPO's clip without a critic, on batch-whitened token advantages.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const reinforcePlusPlus: LossDefinition = {
  name: 'REINFORCE++',
  description: 'PPO clip without critic; the advantage is whitened over all tokens of the batch.',
  source: 'Hu, arXiv 2501.03262; OpenRLHF, verl',
  advantage: 'reinforce_plus_plus',
  knobs: SURROGATE_KNOBS,
  defaults: NEUTRAL_OPTIONS,
  compute: clippedSurrogate,
};
