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
import { type BaseRun, cellsOf, type PlanCell, partName, startOf } from './cells.ts';
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
  const whole = seeds.flatMap((seed) => cells.map((cell) => foundedRun(cell, seed, start)));
  const users = new Map<string, number>();
  for (const { foundation } of whole)
    if (foundation) users.set(foundation.id, (users.get(foundation.id) ?? 0) + 1);
  const shared = (id: string | undefined) => id !== undefined && (users.get(id) ?? 0) > 1;
  const foundations = new Map(
    whole.flatMap(({ foundation }) =>
      foundation && shared(foundation.id) ? [[foundation.id, foundation]] : [],
    ),
  );
  const runs = whole.map(({ run }) => (shared(run.from?.id ?? undefined) ? run : { ...run, from: null }));
  return { cells, runs: [...foundations.values(), ...runs] };
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

/** A cell trained whole, and the SFT and heads that it could begin from. */
function foundedRun(cell: PlanCell, seed: number, start: Settings) {
  const run = cellRun(cell, seed, start, null);
  const { stages } = run.settings;
  const first = stages.findIndex((stage) => STAGE_TABLE[stage].kind === 'rl');
  const last = stages[first - 1];
  if (last === undefined) return { run, foundation: null };
  const shared = stages.slice(0, first);
  const read = settingsReadUpTo({ ...run.settings, stages: shared }, last);
  const foundationOf = (keys: readonly string[]): PlannedRun => {
    const name = ['base', ...keys.map((key) => partName(key, cell.values[key]))].join('+');
    const changes = Object.fromEntries(keys.map((key) => [key, cell.changes[key]]));
    const settings = validateSettings({ ...changes, stages: shared, seed, evaluate: true }, start);
    return { id: runId(name, seed), name, seed, kind: 'foundation', settings, from: null };
  };
  const varied = Object.keys(cell.changes).filter((key) => key !== 'stages');
  const keys = varied.filter((key) => read.has(key as SettingKey));
  let foundation = foundationOf(keys);
  // A loss with a value head has it from the beginning, though SFT reads no loss.
  if (!fits(foundation, run, last))
    foundation = foundationOf(varied.filter((key) => keys.includes(key) || key === 'loss_type'));
  if (!fits(foundation, run, last)) return { run, foundation: null };
  return { run: { ...run, from: { id: foundation.id, stage: last } }, foundation };
}

function fits(foundation: PlannedRun, { settings }: PlannedRun, stage: string): boolean {
  try {
    return forkIndex(foundation.settings, settings, stage) > 0;
  } catch (error) {
    if (error instanceof PlaygroundError) return false;
    throw error;
  }
}
