// PPO: the clipped surrogate with advantages from a value head.

import { surrogateLoss } from './clippedSurrogate.ts';

export const ppo = surrogateLoss({
  name: 'PPO',
  description: 'Clipped ratio with generalised advantages from a value head; dual clip optional.',
  source: 'PPO, arXiv 1707.06347 Eq. 7; dual clip arXiv 1912.09729',
  advantage: 'gae',
  needsValueHead: true,
});
