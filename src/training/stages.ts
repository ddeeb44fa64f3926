// The stage plan: stages are data (kind, length, mixing ratios, learning rate), made from the settings.

import type { Settings, Stage } from '../config/index.ts';
import { SUITES } from '../world/types.ts';

type Base = {
  /** Unique in the plan, e.g. `stage2`, `evaluation-stage2`. */
  name: string;
  iterations: number;
  /** Rough work of one iteration in policy-token passes, for the estimate of the time left. */
  workPerIteration: number;
};

export type SftStage = Base & { kind: 'sft' };
export type HeadsStage = Base & { kind: 'heads' };
export type RlStage = Base & {
  kind: 'rl';
  mix: Settings['stage1_mix'];
  learningRate: number;
  freezeVision: boolean;
};
/** One iteration per suite, on the policy as it stands. `after` names the stage evaluated. */
export type EvaluationStage = Base & { kind: 'evaluation'; after: string };

export type StagePlan = SftStage | HeadsStage | RlStage | EvaluationStage;

/** Tokens of a sequence, for estimates only. */
const TYPICAL_TOKENS = 45;

function stageOf(stage: Stage, name: string, settings: Settings): StagePlan {
  const rollout = settings.prompts_per_step * settings.group_size * TYPICAL_TOKENS;
  const rl = {
    kind: 'rl' as const,
    name,
    // Decoding and scoring cost about a forward pass each, an update three.
    workPerIteration: rollout * (2 + 3 * settings.epochs + (settings.beta > 0 ? 1 : 0)),
  };
  switch (stage) {
    case 'sft':
      return {
        kind: 'sft',
        name,
        iterations: settings.sft_steps,
        workPerIteration: settings.sft_batch * TYPICAL_TOKENS * 3,
      };
    case 'heads':
      return {
        kind: 'heads',
        name,
        iterations: settings.heads_steps,
        workPerIteration: settings.heads_batch * TYPICAL_TOKENS * 2,
      };
    case 'stage1':
      return {
        ...rl,
        iterations: settings.stage1_steps,
        mix: settings.stage1_mix,
        learningRate: settings.stage1_learning_rate,
        freezeVision: false,
      };
    case 'stage2':
      return {
        ...rl,
        iterations: settings.stage2_steps,
        mix: settings.stage2_mix,
        learningRate: settings.stage2_learning_rate,
        freezeVision: settings.freeze_vision,
      };
    case 'mixed':
      return {
        ...rl,
        iterations: settings.stage1_steps + settings.stage2_steps,
        mix: settings.stage2_mix,
        learningRate: settings.stage2_learning_rate,
        freezeVision: false,
      };
  }
}

/** The whole run as a list. Repeated stages get a number; policies are evaluated after SFT and after each RL stage. */
export function stagePlan(settings: Settings): StagePlan[] {
  const plan: StagePlan[] = [];
  const seen = new Map<string, number>();
  for (const stage of settings.stages) {
    const count = (seen.get(stage) ?? 0) + 1;
    seen.set(stage, count);
    const name = count === 1 ? stage : `${stage}-${count}`;
    const entry = stageOf(stage, name, settings);
    plan.push(entry);
    if (settings.evaluate && entry.kind !== 'heads') {
      plan.push({
        kind: 'evaluation',
        name: `evaluation-${name}`,
        after: name,
        iterations: SUITES.length,
        workPerIteration: settings.eval_samples * TYPICAL_TOKENS * 1.5,
      });
    }
  }
  return plan;
}
