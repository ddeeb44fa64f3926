// From a plan to its runs: every cell under every seed, and what several of them share trained once.

import { PlaygroundError } from '../base/errors.ts';
import { nothingLeft, SettingError, seedIsFree } from '../config/index.ts';
import { type BaseRun, cellsOf, type PlanCell, startOf } from './cells.ts';
import { type Founded, foundedRun } from './foundations.ts';
import type { PlannedRun } from './plan.ts';
import { allSeeds, baseText, type Plan } from './planFile.ts';

export type Expansion = { cells: readonly PlanCell[]; runs: readonly PlannedRun[] };

/** More are a slip. */
const MOST_RUNS = 10_000;

/**
 * The runs of a plan, those that others begin from first: SFT and heads that several cells have in common, as far as the base leaves
 * them to be trained, once for each seed.
 * @throws SettingError where a setting is unknown, out of range or cannot be changed from the base.
 */
export function expand(plan: Plan, base: BaseRun): Expansion {
  const cells = cellsOf(plan, base);
  const seeds = allSeeds(plan);
  if (cells.length * seeds.length > MOST_RUNS)
    throw new SettingError(
      'seeds',
      `The plan has ${cells.length} cells under ${seeds.length} seeds; at most ${MOST_RUNS} runs are possible.`,
      'Take fewer values or seeds.',
    );
  requireSeeds(plan, base);
  const from = base.stage === null ? null : { id: null, stage: base.stage };
  const start = { settings: startOf(plan, base), from };
  const founded = seeds.map((seed) => cells.map((cell) => foundedRun(plan, cell, seed, start)));
  for (const { run } of founded[0]) requireFork(run, base);
  const names = founded.flat().flatMap(({ foundation }) => foundation?.name ?? []);
  // Those of one foundation side by side, in the order of the plan.
  const order = [...new Set([...Object.keys(plan.foundations), ...names])];
  const place = ({ foundation }: Founded) => (foundation ? order.indexOf(foundation.name) : -1);
  const kept = founded.flatMap((runs) => {
    // One that a single cell needs is trained with it, unless the plan names it.
    const shared = ({ foundation, named }: Founded) =>
      named || runs.filter((other) => other.foundation?.id === foundation?.id).length > 1;
    const alone = ({ run }: Founded) => ({ run: { ...run, from }, foundation: null, named: false });
    return runs.map((each) => (shared(each) ? each : alone(each))).sort((a, b) => place(a) - place(b));
  });
  const foundations = kept.flatMap(({ foundation }) =>
    foundation ? [[foundation.id, foundation] as const] : [],
  );
  return { cells, runs: [...new Map(foundations).values(), ...kept.map(({ run }) => run)] };
}

/** After RL a run keeps the seed of its base. */
function requireSeeds(plan: Plan, { settings, stage }: BaseRun): void {
  const other = allSeeds(plan).some((seed) => seed !== settings.seed);
  if (stage === null || !other || seedIsFree(settings, stage)) return;
  throw new SettingError(
    'seed',
    `After ${stage} runs keep the seed of ${baseText(plan.base)}, which is ${settings.seed}: they take over its samples.`,
    'Begin after heads or sft, or take a preset as the base (e.g. quick).',
  );
}

/** Refuses what concerns a whole run: a value head that the base lacks, no stage that is left. */
function requireFork({ name, settings }: PlannedRun, base: BaseRun): void {
  if (base.stage === null) return;
  if (!nothingLeftIn(settings, base, base.stage)) return;
  const message = `Nothing is left to train after ${base.stage} with ${name}.`;
  throw new SettingError('stages', message, 'Add a stage to stages.');
}

function nothingLeftIn(settings: PlannedRun['settings'], base: BaseRun, stage: string): boolean {
  try {
    return nothingLeft(base.settings, settings, stage);
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    throw new SettingError(String(error.details.setting ?? 'stages'), error.message, error.hint);
  }
}
