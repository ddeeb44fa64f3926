// From a policy term to the full loss: sample weights, aggregation, policy drift, reference KL, metrics and what each token adds.

import { aggregationWeights } from './aggregate.ts';
import { policyDriftWeight } from './policyDrift.ts';
import { type ImportanceRatio, importanceRatio, ratioOf, tokenLogRatios } from './ratio.ts';
import { k3, k3Gradient } from './referenceKl.ts';
import type { LossOptions, PartShares, TokenBreakdown, TokenLossInput, TokenLossResult } from './types.ts';

/** What a policy term gives for one token; derivatives treat stop-gradient factors as constants. */
export type TokenTerm = {
  value: number;
  /** Derivative through this token's log-prob directly. */
  gradLogp?: number;
  /** Derivative through the importance log-ratio (at the loss's level). */
  gradLogRatio?: number;
  /** -1 where the ratio left the clip range below with A < 0, 1 above with A > 0, else 0. */
  clipped: -1 | 0 | 1;
  /** The clip range, in the unit of the loss's formula. */
  low?: number;
  high?: number;
};

/**
 * One token's policy term.
 * @param index position in the [B*T] arrays; @param logRatio importance log-ratio at the loss's level, nats.
 */
export type PolicyTerm = (index: number, logRatio: number) => TokenTerm;

/**
 * Sums a per-token policy term over the batch and adds alpha x policy drift and beta x reference k3.
 *
 * @param ratio what the policy term is a function of; by default the ratio at `options.importanceSamplingLevel`.
 * @throws Error when `beta` is not 0 and no reference log-probs are given.
 */
export function composeLoss(
  input: TokenLossInput,
  options: LossOptions,
  policyTerm: PolicyTerm,
  ratio: ImportanceRatio = importanceRatio(input, options.importanceSamplingLevel),
): TokenLossResult {
  const { logp, refLogp, mask, sampleWeight } = input;
  const { policyDriftCoef: alpha, beta } = options;
  if (beta !== 0 && refLogp === null) {
    throw new Error(
      'The loss has beta > 0 but no reference log-probs: set beta to 0 or keep a reference policy.',
    );
  }
  const weights = aggregationWeights(input, options);
  const tokenRatios = tokenLogRatios(input);
  const { logRatios } = ratio;
  const breakdown = emptyBreakdown(logp.length, weights, logRatios);
  const { objective, drift: driftPart, kl: klPart } = breakdown;
  // Gradients with respect to the log-ratio, which the ratio's adjoint brings to the tokens.
  const ratioGradient = new Float64Array(logp.length);
  const klRatioGradient = new Float64Array(logp.length);
  let policyLoss = 0;
  let policyDrift = 0;
  let referenceKl = 0;
  let tokens = 0;
  let low = 0;
  let high = 0;
  let ratioMax = 0;

  for (let i = 0; i < logp.length; i += 1) {
    if (mask[i] === 0) continue;
    const term = policyTerm(i, logRatios[i]);
    const policyWeight = weights[i] * (sampleWeight?.[i] ?? 1);
    objective.loss[i] = policyWeight * term.value;
    policyLoss += objective.loss[i];
    objective.gradLogp[i] = policyWeight * (term.gradLogp ?? 0);
    ratioGradient[i] = policyWeight * (term.gradLogRatio ?? 0);
    breakdown.values[i] = term.value;
    breakdown.clipped[i] = term.clipped;
    if (term.low !== undefined) breakdown.low[i] = term.low;
    if (term.high !== undefined) breakdown.high[i] = term.high;

    const drift = policyDriftWeight(tokenRatios[i], options.policyDriftClipEps);
    policyDrift += weights[i] * drift * logp[i];
    driftPart.loss[i] = alpha === 0 ? 0 : alpha * weights[i] * drift * logp[i];
    driftPart.gradLogp[i] = weights[i] * alpha * drift;

    if (refLogp !== null && beta !== 0) {
      const kl = k3(logp[i], refLogp[i]);
      const factor = options.klBiasCorrection ? ratioOf(logRatios[i]) : 1;
      referenceKl += weights[i] * factor * kl;
      klPart.loss[i] = weights[i] * beta * factor * kl;
      klPart.gradLogp[i] = weights[i] * beta * factor * k3Gradient(logp[i], refLogp[i]);
      if (options.klBiasCorrection) klRatioGradient[i] = weights[i] * beta * factor * kl;
    }

    tokens += 1;
    ratioMax = Math.max(ratioMax, ratioOf(tokenRatios[i]));
    if (term.clipped < 0) low += 1;
    if (term.clipped > 0) high += 1;
  }
  ratio.addGradient(ratioGradient, objective.gradLogp);
  if (options.klBiasCorrection) ratio.addGradient(klRatioGradient, klPart.gradLogp);

  const count = Math.max(tokens, 1);
  return {
    loss: policyLoss + (alpha === 0 ? 0 : alpha * policyDrift) + beta * referenceKl,
    gradLogp: objective.gradLogp.map((own, i) => own + driftPart.gradLogp[i] + klPart.gradLogp[i]),
    metrics: { policyDrift, clipLow: low / count, clipHigh: high / count, ratioMax },
    breakdown,
  };
}

function emptyBreakdown(size: number, weights: Float64Array, logRatios: Float64Array): TokenBreakdown {
  const zeros = (): PartShares => ({ loss: new Float64Array(size), gradLogp: new Float64Array(size) });
  return {
    objective: zeros(),
    drift: zeros(),
    kl: zeros(),
    weights,
    logRatios,
    values: new Float64Array(size),
    low: new Float64Array(size).fill(Number.NaN),
    high: new Float64Array(size).fill(Number.NaN),
    clipped: new Int8Array(size),
  };
}
