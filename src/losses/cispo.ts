// CISPO: the clip sits on a stop-gradient importance weight, so that no token loses its gradient.

import { clamp } from '../base/numbers.ts';
import { composeLoss } from './compose.ts';
import { ratioOf } from './ratio.ts';
import { DRIFT_KNOBS, defineLoss, type LossFunction } from './types.ts';

/**
 * L = -sg(clamp(r)) A logp. `cispoBounds` `cap`: r <= epsilonHigh, which is then the ratio's absolute cap (TRL);
 * `band`: 1 - epsilon <= r <= 1 + epsilonHigh (verl). Source: MiniMax-M1, arXiv 2506.13585 Eq. 4, 5.
 */
const clippedWeightPolicy: LossFunction = (input, options) => {
  const { logp, advantage } = input;
  const high = options.epsilonHigh ?? options.epsilon;
  const bounds = options.cispoBounds === 'cap' ? [0, high] : [1 - options.epsilon, 1 + high];
  return composeLoss(input, options, (i, logRatio) => {
    const a = advantage[i];
    const ratio = ratioOf(logRatio);
    const weight = clamp(ratio, bounds[0], bounds[1]);
    const clipped = a < 0 && ratio < bounds[0] ? -1 : a > 0 && ratio > bounds[1] ? 1 : 0;
    return { value: -weight * a * logp[i], gradLogp: -weight * a, clipped, low: bounds[0], high: bounds[1] };
  });
};

export const cispo = defineLoss({
  name: 'CISPO',
  description: 'REINFORCE with a capped, stop-gradient importance weight; clipped tokens keep a gradient.',
  source: 'MiniMax-M1, arXiv 2506.13585 Eq. 4, 5; TRL loss_type cispo; verl `cispo`',
  advantage: 'group',
  usesRatio: true,
  formula: () => '-clip(r, low, high) * A * logp',
  knobs: ['epsilon', 'epsilonHigh', 'cispoBounds', 'importanceSamplingLevel', ...DRIFT_KNOBS],
  // No lower bound, and at most five times the old probability.
  defaults: { epsilon: 1, epsilonHigh: 5 },
  compute: clippedWeightPolicy,
});
