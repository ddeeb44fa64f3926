// Truncated importance weights for replayed, off-policy samples: our extension of CPGD.

import { clamp } from '../base/numbers.ts';
import { ratioOf } from './ratio.ts';
import type { Floats } from './types.ts';

/**
 * clip(sg(pi / pi_old), 1 - epsilon, 1 + epsilon) per token, [B*T]; 0 on padding. Pass it as `sampleWeight`.
 *
 * CPGD has no ratio in its policy term, and its authors leave off-policy use open; this weight is our extension, not
 * the paper's. It is a constant of the loss: no gradient flows through it. On-policy samples get 1.
 */
export function replayWeights(
  logp: Floats,
  oldLogp: Floats,
  mask: ArrayLike<number>,
  epsilon: number,
): Float64Array {
  const weights = new Float64Array(logp.length);
  for (let i = 0; i < weights.length; i += 1) {
    if (mask[i] !== 0) weights[i] = clamp(ratioOf(logp[i] - oldLogp[i]), 1 - epsilon, 1 + epsilon);
  }
  return weights;
}
