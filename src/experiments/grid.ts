// The grid as data: what each cell changes in the base settings, which foundation it is forked from, which grid holds it.

import { PRESETS, type Settings, type SettingsInput } from '../config/index.ts';

/** What is changed in the base settings. */
type Change = SettingsInput | ((base: Settings) => SettingsInput);

/** One setting of the grid, run with every seed. */
export type Cell = {
  name: string;
  /** Short, for figures and tables. */
  title: string;
  change: Change;
  foundation: keyof typeof FOUNDATION_SETTINGS;
  /** Stage of the foundation after which the cell begins. */
  forkAt: 'sft' | 'heads';
};

export const GRID_NAMES = ['core', 'terms', 'backbones'] as const;
export type GridName = (typeof GRID_NAMES)[number];

/** An aggressive learning rate, times the preset's. */
const AGGRESSIVE = 5;

/** SFT and heads that several cells share: trained once per seed, with these changes to the base settings. */
export const FOUNDATION_SETTINGS = {
  base: {},
  /** PPO needs its value head in the policy from the beginning. */
  'base-ppo': { loss_type: 'ppo' },
  'base-internvl': { backbone: 'internvl-mini' },
  /** Reads the scene in words. */
  'base-deepseek': { backbone: 'deepseek-mini' },
  /** Never sees the frames of held-out attacks, not even around harmless requests. */
  'base-no-frames': { heldout_frames: false },
} as const satisfies { readonly [name: string]: SettingsInput };

function layer(name: string): SettingsInput {
  const found = PRESETS.find((preset) => preset.name === name);
  if (!found) throw new Error(`the grid names a preset that does not exist: ${name}`);
  return found.overrides;
}

const bothStages = ({ stage1_steps, stage2_steps }: Settings) => stage1_steps + stage2_steps;

function cell(name: string, title: string, change: Change, rest: Partial<Cell> = {}): Cell {
  return { name, title, change, foundation: 'base', forkAt: 'heads', ...rest };
}

/** A cell that starts from a foundation with the same changes. */
function founded(name: string, title: string, foundation: Cell['foundation']): Cell {
  return cell(name, title, FOUNDATION_SETTINGS[foundation], { foundation });
}

/**
 * A loss with what its paper sets, at the preset's and at an aggressive learning rate. The KL to the reference stays that of the
 * base: no loss has it for itself.
 */
function loss(name: string, title: string, own: SettingsInput, rest: Partial<Cell> = {}): Cell[] {
  const fast: Change = ({ beta, stage1_learning_rate, stage2_learning_rate }) => ({
    ...{ ...own, beta },
    stage1_learning_rate: stage1_learning_rate * AGGRESSIVE,
    stage2_learning_rate: stage2_learning_rate * AGGRESSIVE,
  });
  return [
    cell(name, title, ({ beta }) => ({ ...own, beta }), rest),
    cell(`${name}-fast`, `${title}, ${AGGRESSIVE}x rate`, fast, rest),
  ];
}

const grpo = layer('grpo');

/** The default: general stage, then the joint stage, with CPGD. */
const JOINT = loss('joint', 'joint (CPGD)', {});

/** All with as many iterations as both stages. */
const OBJECTIVES: readonly Cell[] = [
  cell('safety-only', 'safety only', (base) => ({
    ...layer('safety-only'),
    stage2_steps: bothStages(base),
  })),
  cell('general-only', 'general only', (base) => ({
    ...layer('general-only'),
    stage1_steps: bothStages(base),
  })),
  // The joint mix from the start.
  cell('single-stage', 'single stage', layer('single-stage')),
];

const BASELINES: readonly Cell[] = [
  ...loss('grpo', 'GRPO', grpo),
  ...loss('rloo', 'RLOO', layer('rloo')),
  // With value head, GAE and dual clip 3.
  ...loss('ppo', 'PPO', layer('ppo'), { foundation: 'base-ppo' }),
];

const PARTS: readonly Cell[] = [
  // Neither clip nor drift; without the clip; without the drift.
  ...loss('pg', 'PG', layer('pg')),
  ...loss('pgd', 'PGD', layer('pgd')),
  ...loss('cpg', 'CPG', layer('cpg')),
  // Advantages whitened over the batch.
  ...loss('reinforce-plus-plus', 'REINFORCE++', layer('reinforce-plus-plus')),
  ...loss('grpo-no-clip', 'GRPO, no clip', { ...grpo, clip: false }),
  ...loss('grpo-dual-clip', 'GRPO, dual clip', { ...grpo, dual_clip: 3 }),
  ...loss('grpo-drift', 'GRPO, drift', { ...grpo, policy_drift: 'on' }),
  ...loss('weight-equal', 'CPGD, weight equal', { advantage_weight: 'equal' }),
  // Weights make up for equal groups.
  ...loss('weight-clip-filter', 'CPGD, clip-filter', { advantage_weight: 'clip_filter' }),
];

const TERMS: readonly Cell[] = [
  cell('no-visual', 'no visual focus', { w_visual: 0, visual_focus: 'off' }),
  cell('no-helpful', 'no helpful term', { w_helpful: 0 }),
  cell('no-format', 'no format term', { w_format: 0 }),
  cell('no-jailbreak', 'no jailbreak data', ({ stage2_mix }) => ({
    stage2_mix: { ...stage2_mix, jailbreak: 0 },
  })),
  // The additive recipe instead of the gated one.
  cell('safework', 'safework recipe', { recipe: 'safework' }),
  ...[0, 0.1, 1].map((drift) => cell(`drift-${drift}`, `drift ${drift}`, { policy_drift_coef: drift })),
];

const QUESTIONS: readonly Cell[] = [
  // Safety and jailbreak prompts so many times as often in the joint stage.
  ...[0.25, 0.5, 2, 4].map((factor) =>
    cell(`safety-x${factor}`, `safety x ${factor}`, ({ stage2_mix: mix }) => ({
      stage2_mix: { ...mix, safety: mix.safety * factor, jailbreak: mix.jailbreak * factor },
    })),
  ),
  ...[10, 30].map((percent) => {
    const change = { heads_label_noise: percent / 100 };
    return cell(`label-noise-${percent}`, `label noise ${percent} %`, change, { forkAt: 'sft' });
  }),
  founded('no-frames', 'no held-out frames', 'base-no-frames'),
  // A rule in the place of the Safety head.
  cell('keyword-judge', 'keyword rule', { safety_judge: 'keywords' }),
];

const BACKBONES: readonly Cell[] = [
  founded('joint-internvl', 'joint, internvl-mini', 'base-internvl'),
  founded('joint-deepseek', 'joint, deepseek-mini', 'base-deepseek'),
];

export const CELLS = [JOINT, OBJECTIVES, BASELINES, PARTS, TERMS, QUESTIONS, BACKBONES].flat();

const namesOf = (...cells: (readonly Cell[])[]) => cells.flat().map(({ name }) => name);

/** Cells by grid. `terms` and `backbones` hold the cells that theirs are compared with too. */
export const GRIDS: { readonly [grid in GridName]: readonly string[] } = {
  core: namesOf(JOINT, OBJECTIVES, BASELINES),
  terms: [...namesOf(JOINT), 'grpo', 'grpo-fast', ...namesOf(PARTS, TERMS, QUESTIONS)],
  backbones: ['joint', ...namesOf(BACKBONES)],
};

/** Cells of the tables and figures of each group of claims, in the order of the grid. */
export const GROUP_CELLS = {
  1: ['joint'],
  2: ['joint', ...namesOf(OBJECTIVES)],
  3: namesOf(JOINT, BASELINES, PARTS),
  4: ['joint', ...namesOf(TERMS)],
  5: GRIDS.backbones,
  6: ['joint', ...namesOf(QUESTIONS)],
} as const satisfies { readonly [group: number]: readonly string[] };

/** The cell of a name. @throws Error on a name that is in no grid: a fault of the program. */
export function findCell(name: string): Cell {
  const found = CELLS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no cell ${name}`);
  return found;
}
