// The clipped ratio surrogate of PPO, shared by every loss that is a setting of it.

import { clamp } from '../base/numbers.ts';
import { composeLoss, type TokenTerm } from './compose.ts';
import { ratioOf } from './ratio.ts';
import { DRIFT_KNOBS, defineLoss, type LossDefinition, type LossFacts, type LossOptions } from './types.ts';

/** A loss that is the clipped surrogate under its own defaults and advantage. */
export function surrogateLoss(facts: LossFacts): LossDefinition {
  return defineLoss({
    ...facts,
    usesRatio: true,
    formula: surrogateFormula,
    knobs: ['epsilon', 'epsilonHigh', 'delta', 'dualClip', 'importanceSamplingLevel', ...DRIFT_KNOBS],
    compute: (input, options) =>
      composeLoss(input, options, (i, logRatio) => surrogateTerm(input.advantage[i], logRatio, options)),
  });
}

/** `surrogateTerm` in symbols. */
function surrogateFormula({ delta, dualClip }: LossOptions): string {
  const ratio = delta === null ? 'r' : `min(r, ${delta})`;
  const surrogate = `min(${ratio} * A, clip(r, low, high) * A)`;
  return dualClip === null ? `-${surrogate}` : `-max(${surrogate}, ${dualClip} * min(A, 0))`;
}

/**
 * One token of L = -min(r A, clip(r, 1 - epsilon, 1 + epsilonHigh) A), with r the importance ratio at the chosen level;
 * differentiable except at the clip's edges.
 *
 * `delta` caps the unclipped r (TRL two-sided clip; INTELLECT-2, arXiv 2505.07291); `dualClip` = c bounds the
 * loss of A < 0 by -A c (Ye et al., arXiv 1912.09729).
 * Source: PPO, arXiv 1707.06347 Eq. 7.
 */
function surrogateTerm(advantage: number, logRatio: number, options: LossOptions): TokenTerm {
  const low = 1 - options.epsilon;
  const high = 1 + (options.epsilonHigh ?? options.epsilon);
  const ratio = ratioOf(logRatio);
  const capped = options.delta === null ? ratio : Math.min(ratio, options.delta);
  const banded = clamp(ratio, low, high);
  const clipped = advantage < 0 && ratio < low ? -1 : advantage > 0 && ratio > high ? 1 : 0;

  const takesCapped = capped * advantage <= banded * advantage;
  const value = -advantage * (takesCapped ? capped : banded);
  if (options.dualClip !== null && advantage < 0 && value > -advantage * options.dualClip) {
    return { value: -advantage * options.dualClip, clipped, low, high };
  }
  const moves = takesCapped ? capped === ratio : banded === ratio;
  return { value, gradLogRatio: moves ? -advantage * ratio : 0, clipped, low, high };
}
