// The stage plan as the trainer needs it: what each entry trains with, and how much work an iteration is.

import type { Settings } from '../config/index.ts';
import { DECODINGS } from '../terms/decodings.ts';
import { type PlanEntry, planOf, STAGE_TABLE } from '../terms/stages.ts';
import { promptsOfSuites, suitesOf } from '../terms/suites.ts';

type Work = {
  /** Rough work of one iteration in policy-token passes, for the estimate of the time left. */
  workPerIteration: number;
};
type Entry<Kind extends PlanEntry['kind']> = Extract<PlanEntry, { kind: Kind }> & Work;
/** `learningRate` is the peak. */
type Trained<Kind extends 'sft' | 'heads' | 'rl'> = Entry<Kind> & { learningRate: number };

export type SftStage = Trained<'sft'>;
export type HeadsStage = Trained<'heads'>;
export type RlStage = Trained<'rl'> & { mix: Settings['stage1_mix']; freezeVision: boolean };
export type TrainedStage = SftStage | HeadsStage | RlStage;

/** An evaluation takes one iteration per suite, on the policy as it stands. `after` names the stage evaluated. */
export type StagePlan = TrainedStage | Entry<'evaluation'>;

/** Tokens of a sequence, for estimates only. */
const TYPICAL_TOKENS = 45;

/** Passes over how many sequences an iteration makes. */
const PASSES: { readonly [kind in PlanEntry['kind']]: (settings: Settings) => number } = {
  sft: (settings) => settings.sft_batch * 3,
  heads: (settings) => settings.heads_batch * 2,
  // Decoding and scoring cost about a forward pass each, an update three.
  rl: ({ prompts_per_step, group_size, epochs, beta }) =>
    prompts_per_step * group_size * (2 + 3 * epochs + (beta > 0 ? 1 : 0)),
  evaluation: (settings) => (DECODINGS.length * promptsOfSuites(settings) * 1.5) / suitesOf(settings).length,
};

/** The whole run as a list. */
export function stagePlan(settings: Settings): StagePlan[] {
  return planOf(settings).map((entry) => {
    const work = { workPerIteration: TYPICAL_TOKENS * PASSES[entry.kind](settings) };
    if (entry.kind === 'evaluation') return { ...entry, ...work };
    const trained = { ...entry, ...work, learningRate: settings[STAGE_TABLE[entry.stage].rate] };
    if (trained.kind !== 'rl') return trained;
    const { mix, freeze } = STAGE_TABLE[trained.stage];
    return { ...trained, mix: settings[mix], freezeVision: freeze !== null && settings[freeze] };
  });
}
