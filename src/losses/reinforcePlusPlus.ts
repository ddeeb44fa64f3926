// REINFORCE++: PPO's clip without a critic, on batch-whitened token advantages.

import { surrogateLoss } from './clippedSurrogate.ts';

export const reinforcePlusPlus = surrogateLoss({
  name: 'REINFORCE++',
  description:
    'PPO clip without critic; the advantage is whitened over all tokens of the batch, with the variance over n as OpenRLHF (verl: n - 1).',
  source: 'Hu, arXiv 2501.03262; OpenRLHF, verl',
  advantage: 'reinforce_plus_plus',
  klIn: 'reward',
});
