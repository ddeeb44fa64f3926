// GMPO: the geometric mean of token ratios, each clipped in log space.

import { clamp, sequenceLengths } from '../base/numbers.ts';
import { composeLoss } from './compose.ts';
import { pooledRatio, ratioOf, tokenLogRatios } from './ratio.ts';
import { DRIFT_KNOBS, defineLoss, type LossFunction, type LossOptions } from './types.ts';

/**
 * L_b = -A_b exp(mean_t c_t), c_t = sgn(A) min(sgn(A) l_t, sgn(A) clamp(l_t, -epsilon, epsilonHigh)), l = log-ratio.
 *
 * A_b is the mean advantage of the sequence's tokens. Inside a sequence the loss is the same number for every token,
 * so any aggregation mode applies; the paper's is the mean over sequences.
 * Source: GMPO, arXiv 2507.20673; callsys/GMPO; verl `compute_policy_loss_geo_mean`.
 */
const geometricMeanPolicy: LossFunction = (input, options) => {
  const { batch, time, mask, advantage } = input;
  const lengths = sequenceLengths(mask, batch, time);
  const logRatios = tokenLogRatios(input);
  const held = logRatios.map((l, i) => holdLogRatio(l, advantage[i], options));
  const shares = logRatios.map((_, i) => (mask[i] === 0 ? 0 : 1 / lengths[Math.floor(i / time)]));
  const movingShares = shares.map((share, i) => (held[i] === logRatios[i] ? share : 0));
  const meanAdvantage = new Float64Array(batch);
  for (let i = 0; i < batch * time; i += 1) {
    if (mask[i] !== 0) meanAdvantage[Math.floor(i / time)] += advantage[i] * shares[i];
  }
  return composeLoss(
    input,
    options,
    (i, logRatio) => {
      const value = -meanAdvantage[Math.floor(i / time)] * ratioOf(logRatio);
      const { epsilon: low, epsilonHigh } = options;
      const clipped = held[i] === logRatios[i] ? 0 : held[i] > logRatios[i] ? -1 : 1;
      return { value, gradLogRatio: value, clipped, low: -low, high: epsilonHigh ?? low };
    },
    pooledRatio(input, held, shares, movingShares),
  );
};

/** The clipped log-ratio: held back only in the direction that the advantage pushes. */
function holdLogRatio(logRatio: number, advantage: number, options: LossOptions): number {
  const banded = clamp(logRatio, -options.epsilon, options.epsilonHigh ?? options.epsilon);
  if (advantage > 0) return Math.min(logRatio, banded);
  if (advantage < 0) return Math.max(logRatio, banded);
  return logRatio;
}

export const gmpo = defineLoss({
  name: 'GMPO',
  description:
    'Geometric instead of arithmetic mean of the token ratios; each clipped to exp(-eps) .. exp(eps).',
  source: 'GMPO, arXiv 2507.20673; callsys/GMPO; TRL, verl',
  advantage: 'group',
  usesRatio: true,
  formula: () => '-A * r',
  knobs: ['epsilon', 'epsilonHigh', ...DRIFT_KNOBS],
  defaults: { epsilon: 0.4, lossAggMode: 'seq-mean-token-mean' },
  compute: geometricMeanPolicy,
});
