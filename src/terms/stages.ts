// The stages of a run: which settings each reads, and the plan that a run goes through.

import { formatWord } from '../base/format.ts';
import { suitesOf } from './suites.ts';

type StageRow = {
  readonly kind: 'sft' | 'heads' | 'rl';
  readonly title: string;
  /** The settings whose sum is the number of iterations. */
  readonly iterations: readonly string[];
  /** The setting of the peak learning rate. */
  readonly rate: string;
  /** The setting of the task mix; null where the labels are drawn otherwise. */
  readonly mix: string | null;
  /** The setting that freezes the vision encoder; null where it always trains. */
  readonly freeze: string | null;
};

export const STAGE_TABLE = {
  sft: {
    kind: 'sft',
    title: 'SFT',
    iterations: ['sft_steps'],
    rate: 'sft_learning_rate',
    mix: 'sft_mix',
    freeze: null,
  },
  heads: {
    kind: 'heads',
    title: 'Heads',
    iterations: ['heads_steps'],
    rate: 'heads_learning_rate',
    mix: null,
    freeze: null,
  },
  stage1: {
    kind: 'rl',
    title: 'Stage 1',
    iterations: ['stage1_steps'],
    rate: 'stage1_learning_rate',
    mix: 'stage1_mix',
    freeze: null,
  },
  stage2: {
    kind: 'rl',
    title: 'Stage 2',
    iterations: ['stage2_steps'],
    rate: 'stage2_learning_rate',
    mix: 'stage2_mix',
    freeze: 'freeze_vision',
  },
  mixed: {
    kind: 'rl',
    title: 'Mixed RL',
    iterations: ['stage1_steps', 'stage2_steps'],
    rate: 'stage2_learning_rate',
    mix: 'stage2_mix',
    freeze: null,
  },
} as const satisfies { readonly [stage: string]: StageRow };

export type Stage = keyof typeof STAGE_TABLE;
export const STAGES = Object.keys(STAGE_TABLE) as readonly Stage[];

/** What the plan needs of the settings. */
export type PlanSettings = {
  readonly stages: readonly Stage[];
  readonly evaluate: boolean;
  readonly eval_attacker: number;
  readonly eval_filter: number;
} & { readonly [setting in (typeof STAGE_TABLE)[Stage]['iterations'][number]]: number };

/**
 * `name` is unique in the plan: `stage2`, `stage2-2`, `evaluation-stage2`. An evaluation takes one iteration per suite, on the
 * policy as the stage `after` left it.
 */
export type PlanEntry = { name: string; iterations: number } & (
  | { [stage in Stage]: { kind: (typeof STAGE_TABLE)[stage]['kind']; stage: stage } }[Stage]
  /** `withHeads`: there are reward heads by then, which a filter needs. */
  | { kind: 'evaluation'; after: string; withHeads: boolean }
);

const EVALUATION = 'evaluation-';

/** Name of the entry of a plan that evaluates what a stage has made. */
export function evaluationOf(stage: string): string {
  return `${EVALUATION}${stage}`;
}

export function isEvaluation(name: string): boolean {
  return name.startsWith(EVALUATION);
}

/** The number of iterations of one stage. */
export function iterationsOf(stage: Stage, settings: PlanSettings): number {
  return STAGE_TABLE[stage].iterations.reduce((sum, key) => sum + settings[key], 0);
}

/** Whether the policy is evaluated after a stage: its weights are others, or with a filter what stands in front of it is. */
export function isEvaluated(stage: Stage, { evaluate, eval_filter }: PlanSettings): boolean {
  return evaluate && (STAGE_TABLE[stage].kind !== 'heads' || eval_filter > 0);
}

/** What of a plan comes after the entry of that name; all of it where none has the name. */
export function entriesAfter(plan: readonly PlanEntry[], entry: string | null): readonly PlanEntry[] {
  return plan.slice(plan.findIndex(({ name }) => name === entry) + 1);
}

/**
 * The whole run as a list. Repeated stages get a number; policies are evaluated after SFT and after each RL stage, and with a filter
 * after the heads too: from there on it stands in front of the policy.
 */
export function planOf(settings: PlanSettings): PlanEntry[] {
  const counts = new Map<Stage, number>();
  return settings.stages.flatMap((stage) => {
    const count = (counts.get(stage) ?? 0) + 1;
    counts.set(stage, count);
    const name = count === 1 ? stage : `${stage}-${count}`;
    const { kind } = STAGE_TABLE[stage];
    const entry = { name, iterations: iterationsOf(stage, settings), kind, stage } as PlanEntry;
    if (!isEvaluated(stage, settings)) return [entry];
    const evaluation: PlanEntry = {
      name: evaluationOf(name),
      iterations: suitesOf(settings).length,
      kind: 'evaluation',
      after: name,
      withHeads: counts.has('heads'),
    };
    return [entry, evaluation];
  });
}

/** The stage of an entry of a plan by its name, `stage1` for `stage1-2`; null for an evaluation or an unknown name. */
export function stageOf(name: string): Stage | null {
  const base = name.replace(/-\d+$/, '');
  return STAGES.find((stage) => stage === base) ?? null;
}

export function isRlStage(name: string): boolean {
  const stage = stageOf(name);
  return stage !== null && STAGE_TABLE[stage].kind === 'rl';
}

/** `SFT`, `Stage 2`, `Stage 1 (2)` for the second time, `Test of stage 2` for an evaluation. */
export function stageTitle(name: string): string {
  if (isEvaluation(name)) {
    const title = stageTitle(name.slice(EVALUATION.length));
    return `Test of ${title === 'SFT' ? title : title.replace(/^./, (letter) => letter.toLowerCase())}`;
  }
  const [, base = name, count] = /^(.*?)(?:-(\d+))?$/.exec(name) ?? [];
  const stage = stageOf(base);
  const title = stage ? STAGE_TABLE[stage].title : formatWord(base);
  return count === undefined ? title : `${title} (${count})`;
}
