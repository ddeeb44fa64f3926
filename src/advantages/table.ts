// The table of advantage estimators, and what is the same for all: defaults, one number per token, whitening.

import { cpgd, group, groupMean, raw, rloo } from './groupBaselines.ts';
import { gae, reinforcePlusPlus } from './tokenReturns.ts';
import {
  type AdvantageDefinition,
  type AdvantageInput,
  type AdvantageOptions,
  BASE_ADVANTAGE_OPTIONS,
} from './types.ts';
import { whiten } from './whiten.ts';

/** Every estimator by its key. */
export const ADVANTAGES = {
  cpgd,
  group,
  group_mean: groupMean,
  rloo,
  raw,
  reinforce_plus_plus: reinforcePlusPlus,
  gae,
} as const satisfies Record<string, AdvantageDefinition>;

export type AdvantageKey = keyof typeof ADVANTAGES;

export type AdvantageResult = ReturnType<typeof computeAdvantages>;

/** Computes the estimator `key` on a batch, with its defaults where `options` is silent. */
export function computeAdvantages(
  key: AdvantageKey,
  input: AdvantageInput,
  options: Partial<AdvantageOptions> = {},
) {
  const { defaults, compute }: AdvantageDefinition = ADVANTAGES[key];
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: AdvantageOptions = { ...BASE_ADVANTAGE_OPTIONS, ...defaults, ...given };
  const estimate = compute(input, resolved);
  const token = estimate.token ?? onTokens(input, estimate.sequence);
  return {
    /** Advantage per token, [B*T]; 0 on padding. */
    token: whiten(token, input.mask, resolved.whiten),
    /** Advantage per completion, [B]; null where the estimator is per token. */
    sequence: estimate.sequence ?? null,
    /** Targets of the value head, [B*T]; null where there is none. */
    returns: estimate.returns ?? null,
    /** Token advantages before whitening, [B*T]. */
    raw: token,
  };
}

/** Each valid token carries its completion's advantage, [B*T]. */
function onTokens({ batch, time, mask }: AdvantageInput, sequence: Float64Array): Float64Array {
  return Float64Array.from({ length: batch * time }, (_, i) =>
    mask[i] === 0 ? 0 : sequence[Math.floor(i / time)],
  );
}
