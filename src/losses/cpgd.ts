// CPGD: clipped policy gradient with policy drift, the update COSMO-RL trains with.

import { log, log1p } from '../base/exactMath.ts';
import { sequenceLengths } from '../base/numbers.ts';
import { composeLoss } from './compose.ts';
import { importanceRatio } from './ratio.ts';
import {
  DRIFT_KNOBS,
  defineLoss,
  type LossFunction,
  type LossOptions,
  type TokenLossInput,
} from './types.ts';

/** The knobs of the log-prob clip. */
export const CLIP_KNOBS = ['epsilon', 'epsilonHigh', 'tightToLooseLambda', 'cpgdValue'] as const;

/**
 * A > 0: -A min(logp, old + ln(1 + eps)); A < 0: -A max(logp, old + ln(1 - eps)); plus alpha x policy drift.
 *
 * No ratio multiplies the gradient: it is -A inside the range and 0 outside. The value reported is with the clamped
 * log-prob (as MM-EUREKA) or with the clamped log-ratio (CPGD Eq. 2): another number, the same gradient.
 * Tight-to-loose (section 4.3): eps_i = lambda eps + (1 - lambda) eps i / |y|, i = 1 .. |y|.
 * Source: CPGD, arXiv 2505.12504, Eq. 2.
 */
export const clippedPolicyGradientDrift: LossFunction = (input, options) => {
  const { advantage, oldLogp } = input;
  const scales = options.tightToLooseLambda === null ? null : rangeScales(input, options.tightToLooseLambda);
  return composeLoss(
    input,
    options,
    (i, logRatio) => {
      const a = advantage[i];
      const scale = scales === null ? 1 : scales[i];
      const high = log1p(scale * (options.epsilonHigh ?? options.epsilon));
      const low = log(Math.max(0, 1 - scale * options.epsilon));
      const clipped = a > 0 && logRatio > high ? 1 : a < 0 && logRatio < low ? -1 : 0;
      const held = clipped > 0 ? high : clipped < 0 ? low : logRatio;
      const base = options.cpgdValue === 'log-prob' ? oldLogp[i] : 0;
      return {
        value: a === 0 ? 0 : -a * (base + held),
        gradLogp: clipped === 0 ? -a : 0,
        clipped,
        low,
        high,
      };
    },
    importanceRatio(input, 'token'),
  );
};

/** The policy term above in symbols; the clip range is one of the log-ratio l. */
export function clippedLogProbFormula({ cpgdValue }: LossOptions): string {
  const held = 'min(A * l, A * clip(l, low, high))';
  return cpgdValue === 'log-prob' ? `-A * old - ${held}` : `-${held}`;
}

/** Tight-to-loose factor of the clip range at each valid token, [B*T]. */
function rangeScales(input: TokenLossInput, lambda: number): Float64Array {
  const { batch, time, mask } = input;
  const lengths = sequenceLengths(mask, batch, time);
  const scales = new Float64Array(batch * time);
  for (let b = 0; b < batch; b += 1) {
    let position = 0;
    for (let i = b * time; i < (b + 1) * time; i += 1) {
      if (mask[i] === 0) continue;
      position += 1;
      scales[i] = lambda + ((1 - lambda) * position) / lengths[b];
    }
  }
  return scales;
}

export const cpgd = defineLoss({
  name: 'CPGD',
  description:
    'Clips the log-prob instead of a ratio, and holds the policy near the old one by policy drift.',
  source: 'CPGD, arXiv 2505.12504 Eq. 2; code ModalMinds/MM-EUREKA',
  advantage: 'cpgd',
  usesRatio: false,
  formula: clippedLogProbFormula,
  knobs: [...CLIP_KNOBS, ...DRIFT_KNOBS],
  defaults: { policyDriftCoef: 0.01 },
  compute: clippedPolicyGradientDrift,
});
