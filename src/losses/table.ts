// The table of losses: `loss_type` chooses a row, and a new loss is one file and one line here.

import { bnpo } from './bnpo.ts';
import { cispo } from './cispo.ts';
import { cpg } from './cpg.ts';
import { cpgd } from './cpgd.ts';
import { dapo } from './dapo.ts';
import { dpo } from './dpo.ts';
import { drGrpo } from './drGrpo.ts';
import { gmpo } from './gmpo.ts';
import { grpo } from './grpo.ts';
import { gspo } from './gspo.ts';
import { pg } from './pg.ts';
import { pgd } from './pgd.ts';
import { ppo } from './ppo.ts';
import { reinforce } from './reinforce.ts';
import { reinforcePlusPlus } from './reinforcePlusPlus.ts';
import { rloo } from './rloo.ts';
import type { LossDefinition, LossOptions, TokenLossInput, TokenLossResult } from './types.ts';

/** Every loss by its `loss_type`. */
export const LOSSES = {
  cpgd,
  cpg,
  pgd,
  pg,
  reinforce,
  rloo,
  reinforce_plus_plus: reinforcePlusPlus,
  ppo,
  grpo,
  bnpo,
  dr_grpo: drGrpo,
  dapo,
  gspo,
  gmpo,
  cispo,
  dpo,
} as const satisfies Record<string, LossDefinition>;

export type LossKey = keyof typeof LOSSES;

/** The keys of `LOSSES`, in its order. */
export const LOSS_KEYS = Object.keys(LOSSES) as LossKey[];

/** A loss's defaults with the given options in their place; `undefined` and options that it has no knob for leave the default. */
export function resolveLossOptions(key: LossKey, options: Partial<LossOptions> = {}): LossOptions {
  const { knobs, defaults } = LOSSES[key];
  const given = knobs.filter((knob) => options[knob] !== undefined);
  return { ...defaults, ...Object.fromEntries(given.map((knob) => [knob, options[knob]])) };
}

/** Computes the loss `key` on a batch, with its defaults where `options` is silent. */
export function computeLoss(
  key: LossKey,
  input: TokenLossInput,
  options: Partial<LossOptions> = {},
): TokenLossResult {
  return LOSSES[key].compute(input, resolveLossOptions(key, options));
}
