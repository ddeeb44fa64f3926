// The table of advantage estimators.

import { batchNorm } from './batchNorm.ts';
import { cpgd } from './cpgd.ts';
import { gae } from './gae.ts';
import { group, groupMean } from './group.ts';
import { raw } from './raw.ts';
import { reinforcePlusPlus, reinforcePlusPlusBaseline } from './reinforcePlusPlus.ts';
import { rloo } from './rloo.ts';
import type { AdvantageDefinition, AdvantageInput, AdvantageOptions, AdvantageResult } from './types.ts';

/** Every estimator by its key. */
export const ADVANTAGES = {
  cpgd,
  group,
  group_mean: groupMean,
  batch_norm: batchNorm,
  rloo,
  raw,
  reinforce_plus_plus: reinforcePlusPlus,
  reinforce_plus_plus_baseline: reinforcePlusPlusBaseline,
  gae,
} as const satisfies Record<string, AdvantageDefinition>;

export type AdvantageKey = keyof typeof ADVANTAGES;

/** The keys of `ADVANTAGES`, in its order. */
export const ADVANTAGE_KEYS = Object.keys(ADVANTAGES) as AdvantageKey[];

/** Computes the estimator `key` on a batch, with its defaults where `options` is silent. */
export function computeAdvantages(
  key: AdvantageKey,
  input: AdvantageInput,
  options: Partial<AdvantageOptions> = {},
): AdvantageResult {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return ADVANTAGES[key].compute(input, { ...ADVANTAGES[key].defaults, ...given });
}
