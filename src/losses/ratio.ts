// Importance ratios pi / pi_old at token or sequence level, and the way back of their gradient.

import { exp } from '../base/exactMath.ts';
import { sequenceLengths } from '../base/numbers.ts';
import type { ImportanceSamplingLevel, TokenLossInput } from './types.ts';

/** Log-ratios beyond this are held back before exp, so that a ratio stays finite in float32 as well. */
const MAX_LOG_RATIO = 60;

/** exp(logRatio), finite for any input. */
export function ratioOf(logRatio: number): number {
  return exp(Math.min(logRatio, MAX_LOG_RATIO));
}

/** l = logp - oldLogp per token, [B*T]; 0 on padding. */
export function tokenLogRatios(input: TokenLossInput): Float64Array {
  const { logp, oldLogp, mask } = input;
  const out = new Float64Array(input.batch * input.time);
  for (let i = 0; i < out.length; i += 1) if (mask[i] !== 0) out[i] = logp[i] - oldLogp[i];
  return out;
}

/** The importance ratio of a batch, and the way back of its gradient. */
export type ImportanceRatio = {
  /** Log-ratio that each token's policy term is a function of, [B*T]; 0 on padding. */
  logRatios: Float64Array;
  /**
   * The adjoint: adds to `gradLogp` [B*T] what `gradLogRatio` [B*T], a gradient with respect to `logRatios`,
   * means for each token's log-prob.
   */
  addGradient: (gradLogRatio: Float64Array, gradLogp: Float64Array) => void;
};

/**
 * The ratio at the given level. `token`: l itself; `sequence`: the mean of l over the sequence, on each of its tokens
 * (GSPO, arXiv 2507.18071 Eq. 7); `sequence-sum`: the sum of l (RLOO).
 */
export function importanceRatio(input: TokenLossInput, level: ImportanceSamplingLevel): ImportanceRatio {
  const perToken = tokenLogRatios(input);
  if (level === 'token') {
    return {
      logRatios: perToken,
      addGradient: (gradLogRatio, gradLogp) => {
        for (let i = 0; i < gradLogp.length; i += 1) gradLogp[i] += gradLogRatio[i];
      },
    };
  }
  const lengths = sequenceLengths(input.mask, input.batch, input.time);
  const shares = lengths.map((length) => (level === 'sequence-sum' ? 1 : 1 / Math.max(length, 1)));
  return pooledRatio(
    input,
    perToken,
    perToken.map((_, i) => (input.mask[i] === 0 ? 0 : shares[Math.floor(i / input.time)])),
  );
}

/**
 * One log-ratio per sequence, the sum over its tokens of `shares` [B*T] x `perToken` [B*T], on each of its tokens.
 * `shares` must be 0 on padding; a token whose log-prob is to get no gradient needs share 0 in `gradientShares`.
 */
export function pooledRatio(
  { batch, time, mask }: Pick<TokenLossInput, 'batch' | 'time' | 'mask'>,
  perToken: Float64Array,
  shares: Float64Array,
  gradientShares: Float64Array = shares,
): ImportanceRatio {
  const logRatios = new Float64Array(batch * time);
  for (let start = 0; start < batch * time; start += time) {
    let pooled = 0;
    for (let i = start; i < start + time; i += 1) if (mask[i] !== 0) pooled += shares[i] * perToken[i];
    for (let i = start; i < start + time; i += 1) if (mask[i] !== 0) logRatios[i] = pooled;
  }
  return {
    logRatios,
    addGradient: (gradLogRatio, gradLogp) => {
      for (let start = 0; start < batch * time; start += time) {
        let total = 0;
        for (let i = start; i < start + time; i += 1) total += gradLogRatio[i];
        for (let i = start; i < start + time; i += 1) gradLogp[i] += gradientShares[i] * total;
      }
    },
  };
}
