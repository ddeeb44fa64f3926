// The grid as data: what each cell changes in the base settings, which foundation it is forked from, which grid holds it.

import { PRESETS, type Settings, type SettingsInput } from '../config/index.ts';

type Change = (base: Settings) => SettingsInput;

/** SFT and heads that several cells share: trained once per seed. */
export type Foundation = { name: string; about: string; change: Change };

/** One setting of the grid, run with every seed. */
export type Cell = {
  name: string;
  /** Short, for figures and tables. */
  title: string;
  about: string;
  change: Change;
  foundation: string;
  /** Stage of the foundation after which the cell begins. */
  forkAt: 'sft' | 'heads';
};

export const GRID_NAMES = ['core', 'terms', 'backbones'] as const;
export type GridName = (typeof GRID_NAMES)[number];

/** An aggressive learning rate, times the preset's. */
export const AGGRESSIVE = 5;

export const FOUNDATIONS: readonly Foundation[] = [
  { name: 'base', about: 'SFT and heads of the base settings.', change: () => ({}) },
  {
    name: 'base-ppo',
    about: 'The same with the value head that PPO needs in the policy from the beginning.',
    change: () => ({ loss_type: 'ppo' }),
  },
  {
    name: 'base-internvl',
    about: 'SFT and heads on internvl-mini.',
    change: () => ({ backbone: 'internvl-mini' }),
  },
  {
    name: 'base-deepseek',
    about: 'SFT and heads on deepseek-mini, which reads the scene in words.',
    change: () => ({ backbone: 'deepseek-mini' }),
  },
  {
    name: 'base-no-frames',
    about: 'SFT and heads that never see the frames of held-out attacks.',
    change: () => ({ heldout_frames: false }),
  },
];

function layer(name: string): SettingsInput {
  const found = PRESETS.find((preset) => preset.name === name);
  if (!found) throw new Error(`the grid names a preset that does not exist: ${name}`);
  return found.overrides;
}

const bothStages = ({ stage1_steps, stage2_steps }: Settings) => stage1_steps + stage2_steps;

function cell(name: string, title: string, about: string, change: Change, rest: Partial<Cell> = {}): Cell {
  return { name, title, about, change, foundation: 'base', forkAt: 'heads', ...rest };
}

/** A loss with what its paper sets, but for the KL to the reference, which stays that of the base: no loss has it for itself. */
function loss(
  name: string,
  title: string,
  about: string,
  own: SettingsInput,
  rest: Partial<Cell> = {},
): Cell[] {
  const calm: Change = ({ beta }) => ({ ...own, beta });
  const fast: Change = (base) => ({
    ...calm(base),
    stage1_learning_rate: base.stage1_learning_rate * AGGRESSIVE,
    stage2_learning_rate: base.stage2_learning_rate * AGGRESSIVE,
  });
  return [
    cell(name, title, about, calm, rest),
    cell(
      `${name}-fast`,
      `${title}, ${AGGRESSIVE}x rate`,
      `${about} ${AGGRESSIVE} times the learning rate.`,
      fast,
      rest,
    ),
  ];
}

const grpo = layer('grpo');

const JOINT = loss(
  'joint',
  'joint (CPGD)',
  'The default: general stage, then the joint stage, with CPGD.',
  {},
);

const OBJECTIVES: readonly Cell[] = [
  cell(
    'safety-only',
    'safety only',
    'Safety and jailbreak prompts alone, as many iterations as both stages.',
    (base) => ({
      ...layer('safety-only'),
      stage2_steps: bothStages(base),
    }),
  ),
  cell(
    'general-only',
    'general only',
    'The general stage alone, as many iterations as both stages.',
    (base) => ({
      ...layer('general-only'),
      stage1_steps: bothStages(base),
    }),
  ),
  cell(
    'single-stage',
    'single stage',
    'The joint mix from the start, as many iterations as both stages.',
    () => layer('single-stage'),
  ),
];

const BASELINES: readonly Cell[] = [
  ...loss('grpo', 'GRPO', 'Clipped ratio, group-normalised rewards.', grpo),
  ...loss('rloo', 'RLOO', 'Leave-one-out baseline.', layer('rloo')),
  ...loss('ppo', 'PPO', 'Value head, GAE, dual clip 3.', layer('ppo'), { foundation: 'base-ppo' }),
];

const PARTS: readonly Cell[] = [
  ...loss('pg', 'PG', 'Neither clip nor drift.', layer('pg')),
  ...loss('pgd', 'PGD', 'CPGD without the clip.', layer('pgd')),
  ...loss('cpg', 'CPG', 'CPGD without the drift.', layer('cpg')),
  ...loss(
    'reinforce-plus-plus',
    'REINFORCE++',
    'Advantages whitened over the batch.',
    layer('reinforce-plus-plus'),
  ),
  ...loss('grpo-no-clip', 'GRPO, no clip', 'A clip range that no ratio leaves.', {
    ...grpo,
    epsilon: 10,
    epsilon_high: 10,
  }),
  ...loss('grpo-dual-clip', 'GRPO, dual clip', 'Dual clip 3.', { ...grpo, dual_clip: 3 }),
  ...loss('grpo-drift', 'GRPO, drift', 'With the policy drift of CPGD.', { ...grpo, policy_drift: 'on' }),
  ...loss('weight-equal', 'CPGD, weight equal', 'Groups weigh alike.', { advantage_weight: 'equal' }),
  ...loss('weight-clip-filter', 'CPGD, clip-filter', 'Weights make up for equal groups.', {
    advantage_weight: 'clip_filter',
  }),
];

const TERMS: readonly Cell[] = [
  cell('no-visual', 'no visual focus', 'Without the visual-focus term.', () => ({
    w_visual: 0,
    visual_focus: 'off',
  })),
  cell('no-helpful', 'no helpful term', 'Without the helpful term.', () => ({ w_helpful: 0 })),
  cell('no-format', 'no format term', 'Without the format term.', () => ({ w_format: 0 })),
  cell('no-jailbreak', 'no jailbreak data', 'The joint mix without jailbreak prompts.', ({ stage2_mix }) => ({
    stage2_mix: { ...stage2_mix, jailbreak: 0 },
  })),
  cell('safework', 'safework recipe', 'The additive recipe instead of the gated one.', () => ({
    recipe: 'safework',
  })),
  ...[0, 0.1, 1].map((drift) =>
    cell(`drift-${drift}`, `drift ${drift}`, `Policy drift coefficient ${drift}.`, () => ({
      policy_drift_coef: drift,
    })),
  ),
];

const QUESTIONS: readonly Cell[] = [
  ...[0.25, 0.5, 2, 4].map((factor) =>
    cell(
      `safety-x${factor}`,
      `safety x ${factor}`,
      `Safety and jailbreak prompts ${factor} times as often in the joint stage.`,
      ({ stage2_mix: mix }) => ({
        stage2_mix: { ...mix, safety: mix.safety * factor, jailbreak: mix.jailbreak * factor },
      }),
    ),
  ),
  ...[10, 30].map((percent) =>
    cell(
      `label-noise-${percent}`,
      `label noise ${percent} %`,
      `Heads trained with ${percent} % wrong labels.`,
      () => ({ heads_label_noise: percent / 100 }),
      { forkAt: 'sft' },
    ),
  ),
  cell(
    'no-frames',
    'no held-out frames',
    'Frames of held-out attacks occur nowhere in training, not even around harmless requests.',
    () => ({ heldout_frames: false }),
    { foundation: 'base-no-frames' },
  ),
  cell('keyword-judge', 'keyword rule', 'A rule on keywords in the place of the Safety head.', () => ({
    safety_judge: 'keywords',
  })),
];

const BACKBONES: readonly Cell[] = [
  cell(
    'joint-internvl',
    'joint, internvl-mini',
    'The default recipe on internvl-mini.',
    () => ({ backbone: 'internvl-mini' }),
    {
      foundation: 'base-internvl',
    },
  ),
  cell(
    'joint-deepseek',
    'joint, deepseek-mini',
    'The default recipe on deepseek-mini.',
    () => ({ backbone: 'deepseek-mini' }),
    {
      foundation: 'base-deepseek',
    },
  ),
];

export const CELLS: readonly Cell[] = [
  ...JOINT,
  ...OBJECTIVES,
  ...BASELINES,
  ...PARTS,
  ...TERMS,
  ...QUESTIONS,
  ...BACKBONES,
];

const namesOf = (cells: readonly Cell[]) => cells.map(({ name }) => name);

/** Cells by grid. `terms` and `backbones` hold the cells that theirs are compared with too. */
export const GRIDS: { readonly [grid in GridName]: readonly string[] } = {
  core: namesOf([...JOINT, ...OBJECTIVES, ...BASELINES]),
  terms: [...namesOf(JOINT), 'grpo', 'grpo-fast', ...namesOf([...PARTS, ...TERMS, ...QUESTIONS])],
  backbones: ['joint', ...namesOf(BACKBONES)],
};

/** Cells of the tables and figures of each group of claims, in the order of the grid. */
export const GROUP_CELLS = {
  1: ['joint'],
  2: ['joint', ...namesOf(OBJECTIVES)],
  3: namesOf([...JOINT, ...BASELINES, ...PARTS]),
  4: ['joint', ...namesOf(TERMS)],
  5: ['joint', ...namesOf(BACKBONES)],
  6: ['joint', ...namesOf(QUESTIONS)],
} as const satisfies { readonly [group: number]: readonly string[] };

/** The cell of a name. @throws Error on a name that is in no grid: a fault of the program. */
export function findCell(name: string): Cell {
  const found = CELLS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no cell ${name}`);
  return found;
}
