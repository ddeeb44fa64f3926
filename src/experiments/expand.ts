// From a plan to its runs: every cell under every seed, and what several of them share trained once.

import { PlaygroundError } from '../base/errors.ts';
import {
  forkIndex,
  SettingError,
  type SettingKey,
  type Settings,
  seedIsFree,
  settingsReadUpTo,
  validateSettings,
} from '../config/index.ts';
import { planOf, STAGE_TABLE } from '../terms/stages.ts';
import { type BaseRun, cellsOf, foundationOf, type PlanCell, partName, startOf } from './cells.ts';
import { type PlannedRun, runId } from './plan.ts';
import { allSeeds, baseText, type Plan } from './planFile.ts';

export type Expansion = { cells: readonly PlanCell[]; runs: readonly PlannedRun[] };

/** More are a slip. */
const MOST_RUNS = 10_000;

/**
 * The runs of a plan, those that others begin from first. From a preset, SFT and heads that several cells have in common are trained
 * once for each seed; from a model or a run, every run begins after its stage.
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
  const start = startOf(plan, base);
  if (base.stage !== null) return { cells, runs: afterBase(plan, cells, start, base, base.stage) };
  const founded = seeds.map((seed) =>
    cells.map((cell) => (cell.foundation === null ? sharedRun : namedRun)(plan, cell, seed, start)),
  );
  const names = founded.flat().flatMap(({ foundation }) => foundation?.name ?? []);
  // Those of one foundation side by side, in the order of the plan.
  const order = [...new Set([...Object.keys(plan.foundations), ...names])];
  const place = ({ foundation }: Founded) => (foundation ? order.indexOf(foundation.name) : -1);
  const kept = founded.flatMap((runs) => {
    // One that a single cell needs is trained with it, unless the plan names it.
    const shared = ({ foundation, named }: Founded) =>
      named || runs.filter((other) => other.foundation?.id === foundation?.id).length > 1;
    const alone = ({ run }: Founded) => ({ run: { ...run, from: null }, foundation: null, named: false });
    return runs.map((each) => (shared(each) ? each : alone(each))).sort((a, b) => place(a) - place(b));
  });
  const foundations = kept.flatMap(({ foundation }) =>
    foundation ? [[foundation.id, foundation] as const] : [],
  );
  return { cells, runs: [...new Map(foundations).values(), ...kept.map(({ run }) => run)] };
}

function cellRun(cell: PlanCell, seed: number, start: Settings, from: PlannedRun['from']): PlannedRun {
  const settings = validateSettings({ ...cell.changes, seed, evaluate: true }, start);
  return { id: runId(cell.name, seed), name: cell.name, seed, kind: 'cell', settings, from };
}

function afterBase(plan: Plan, cells: readonly PlanCell[], start: Settings, base: BaseRun, stage: string) {
  const own = base.settings.seed;
  if (!seedIsFree(base.settings, stage) && allSeeds(plan).some((seed) => seed !== own))
    throw new SettingError(
      'seed',
      `After ${stage} runs keep the seed of ${baseText(plan.base)}, which is ${own}: they take over its samples.`,
      'Begin after heads or sft, or take a preset as the base (e.g. quick).',
    );
  return allSeeds(plan).flatMap((seed) =>
    cells.map((cell) => {
      const run = cellRun(cell, seed, start, { id: null, stage });
      // What is left to be refused concerns a whole run, e.g. a value head that the base lacks.
      const index = asSettingError(() => forkIndex(base.settings, run.settings, stage));
      if (
        planOf(run.settings)
          .slice(index)
          .every(({ kind }) => kind === 'evaluation')
      )
        throw new SettingError(
          'stages',
          `Nothing is left to train after ${stage} with ${cell.title}.`,
          'Add a stage to stages.',
        );
      return run;
    }),
  );
}

function asSettingError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof PlaygroundError) || error instanceof SettingError) throw error;
    throw new SettingError(String(error.details.setting ?? 'stages'), error.message, error.hint);
  }
}

type Founded = { run: PlannedRun; foundation: PlannedRun | null; named: boolean };

function foundationRun(name: string, seed: number, changes: object, start: Settings): PlannedRun {
  const settings = validateSettings({ ...changes, seed, evaluate: true }, start);
  return { id: runId(name, seed), name, seed, kind: 'foundation', settings, from: null };
}

/** A cell that begins from a foundation of the plan, after the last stage of it that fits. */
function namedRun(plan: Plan, cell: PlanCell, seed: number, start: Settings): Founded {
  const run = cellRun(cell, seed, start, null);
  const name = cell.foundation ?? '';
  const stages = ['sft', 'heads'] as const;
  const foundation = foundationRun(name, seed, { ...foundationOf(plan, name), stages }, start);
  const stage = stages.findLast((each) => fits(foundation, run, each));
  if (stage === undefined)
    throw new SettingError(
      'foundation',
      `${cell.name} cannot begin from ${name}: its SFT is another one.`,
      'Give it a foundation of its own.',
    );
  return { run: { ...run, from: { id: foundation.id, stage } }, foundation, named: true };
}

/** A cell trained whole, and the SFT and heads that it could begin from. */
function sharedRun(plan: Plan, cell: PlanCell, seed: number, start: Settings): Founded {
  const run = cellRun(cell, seed, start, null);
  const { stages } = run.settings;
  const first = stages.findIndex((stage) => STAGE_TABLE[stage].kind === 'rl');
  const last = stages[first - 1];
  const alone = { run, foundation: null, named: false };
  if (last === undefined || Object.keys(plan.foundations).length > 0) return alone;
  const shared = stages.slice(0, first);
  const read = settingsReadUpTo({ ...run.settings, stages: shared }, last);
  const varied = Object.keys(cell.changes).filter((key) => key !== 'stages');
  const keys = varied.filter((key) => read.has(key as SettingKey));
  // A loss with a value head has it from the beginning, though SFT reads no loss.
  for (const some of [keys, varied.filter((key) => keys.includes(key) || key === 'loss_type')]) {
    const name = ['base', ...some.map((key) => partName(key, cell.values[key]))].join('+');
    const changes = Object.fromEntries(some.map((key) => [key, cell.changes[key]]));
    const foundation = foundationRun(name, seed, { ...changes, stages: shared }, start);
    if (fits(foundation, run, last))
      return { run: { ...run, from: { id: foundation.id, stage: last } }, foundation, named: false };
  }
  return alone;
}

function fits(foundation: PlannedRun, { settings }: PlannedRun, stage: string): boolean {
  try {
    return forkIndex(foundation.settings, settings, stage) > 0;
  } catch (error) {
    if (error instanceof PlaygroundError) return false;
    throw error;
  }
}
