// The stage plan as the trainer needs it: what each entry trains with, and how much work an iteration is.

import type { Settings } from '../config/index.ts';
import { type PlanEntry, planOf, STAGE_TABLE } from '../terms/stages.ts';

type Work = {
  /** Rough work of one iteration in policy-token passes, for the estimate of the time left. */
  workPerIteration: number;
};
type Entry<Kind extends PlanEntry['kind']> = Extract<PlanEntry, { kind: Kind }> & Work;

export type SftStage = Entry<'sft'>;
export type HeadsStage = Entry<'heads'>;
export type RlStage = Entry<'rl'> & {
  mix: Settings['stage1_mix'];
  learningRate: number;
  freezeVision: boolean;
};
/** One iteration per suite, on the policy as it stands. `after` names the stage evaluated. */
export type EvaluationStage = Entry<'evaluation'>;

export type StagePlan = SftStage | HeadsStage | RlStage | EvaluationStage;

/** Tokens of a sequence, for estimates only. */
const TYPICAL_TOKENS = 45;

/** Passes over how many sequences an iteration makes. */
const PASSES: { readonly [kind in PlanEntry['kind']]: (settings: Settings) => number } = {
  sft: (settings) => settings.sft_batch * 3,
  heads: (settings) => settings.heads_batch * 2,
  // Decoding and scoring cost about a forward pass each, an update three.
  rl: ({ prompts_per_step, group_size, epochs, beta }) =>
    prompts_per_step * group_size * (2 + 3 * epochs + (beta > 0 ? 1 : 0)),
  evaluation: (settings) => settings.eval_samples * 1.5,
};

/** The whole run as a list. */
export function stagePlan(settings: Settings): StagePlan[] {
  return planOf(settings).map((entry) => {
    const work = { workPerIteration: TYPICAL_TOKENS * PASSES[entry.kind](settings) };
    if (entry.kind !== 'rl') return { ...entry, ...work };
    const { mix, rate, freeze } = STAGE_TABLE[entry.stage];
    return {
      ...entry,
      ...work,
      mix: settings[mix],
      learningRate: settings[rate],
      freezeVision: freeze !== null && settings[freeze],
    };
  });
}
