// PPO: the clipped surrogate with advantages from a value head.

import { clippedSurrogate, SURROGATE_KNOBS } from './clippedSurrogate.ts';
import { type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const ppo: LossDefinition = {
  name: 'PPO',
  description: 'Clipped ratio with generalised advantages from a value head; dual clip optional.',
  source: 'PPO, arXiv 1707.06347 Eq. 7; dual clip arXiv 1912.09729',
  advantage: 'gae',
  knobs: SURROGATE_KNOBS,
  defaults: NEUTRAL_OPTIONS,
  compute: clippedSurrogate,
};
