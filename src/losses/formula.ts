// The formulas of the losses in symbols, and the numbers that the symbols stand for at one token.

import { ratioOf } from './ratio.ts';
import type { LossDefinition, LossOptions, LossPart, TokenBreakdown, TokenLossInput } from './types.ts';

/**
 * Every symbol of a formula, with what it stands for. A formula is an expression of them with + - * / and the functions min, max,
 * clip, exp, log, sigmoid and tanh.
 */
export const SYMBOLS = {
  A: 'advantage of the token',
  logp: 'its log-prob under the policy now',
  old: 'its log-prob under the policy that sampled it',
  ref: 'its log-prob under the reference',
  l: 'log-ratio that the objective depends on: of the token, of its whole response, or (DPO) of the best response over the worst',
  r: 'ratio exp(l)',
  s: 'ratio of the token itself; no gradient flows through it',
  low: 'lower end of the clip range',
  high: 'upper end of the clip range',
  alpha: 'coefficient of the policy drift',
  c: 'largest weight of the policy drift',
  beta: 'coefficient of the KL to the reference',
  b: 'coefficient of the DPO margin',
} as const;
export type LossSymbol = keyof typeof SYMBOLS;
export type SymbolValues = { readonly [name in LossSymbol]: number };

const DRIFT = 'alpha * min(s - 1, c) * logp';
const K3 = '(exp(ref - logp) - (ref - logp) - 1)';

/** What each part of a loss is at a token, before the token's weight; null for a part that is off. */
export function lossFormulas(
  loss: Pick<LossDefinition, 'formula'>,
  options: LossOptions,
): { readonly [part in LossPart]: string | null } & { readonly objective: string } {
  const { policyDriftCoef, beta, klBiasCorrection } = options;
  return {
    objective: loss.formula(options),
    drift: policyDriftCoef === 0 ? null : DRIFT,
    kl: beta === 0 ? null : klBiasCorrection ? `beta * r * ${K3}` : `beta * ${K3}`,
  };
}

/** The numbers at position `i` of the [B*T] arrays; NaN for what the loss does not have. */
export function symbolValues(
  input: TokenLossInput,
  options: LossOptions,
  { logRatios, low, high }: TokenBreakdown,
  i: number,
): SymbolValues {
  const [logp, old] = [input.logp[i], input.oldLogp[i]];
  return {
    A: input.advantage[i],
    logp,
    old,
    ref: input.refLogp?.[i] ?? Number.NaN,
    l: logRatios[i],
    r: ratioOf(logRatios[i]),
    s: ratioOf(logp - old),
    low: low[i],
    high: high[i],
    alpha: options.policyDriftCoef,
    c: options.policyDriftClipEps,
    beta: options.beta,
    b: options.preferenceBeta,
  };
}
