// What runs of a plan have in common: SFT and heads, trained once for each seed, and the cells that begin from there.

import { PlaygroundError } from '../base/errors.ts';
import {
  forkIndex,
  formatSetting,
  requireTogether,
  SettingError,
  type SettingKey,
  type Settings,
  settingsReadUpTo,
  validateSettings,
} from '../config/index.ts';
import { planOf } from '../terms/stages.ts';
import { foundationOf, type PlanCell, partName } from './cells.ts';
import { type PlannedRun, runId } from './plan.ts';
import type { Plan } from './planFile.ts';

/** Where the runs of a plan start: with these settings, from nothing or after a stage of the base. */
export type Start = { settings: Settings; from: PlannedRun['from'] };

/** A run of a cell, and the run that it could begin from. */
export type Founded = {
  run: PlannedRun;
  foundation: PlannedRun | null;
  /** The plan names the foundation: it is trained for a single cell too. */
  named: boolean;
};

function runOf(
  kind: PlannedRun['kind'],
  name: string,
  seed: number,
  changes: object,
  start: Start,
): PlannedRun {
  const settings = requireTogether(validateSettings({ ...changes, seed, evaluate: true }, start.settings));
  return { id: runId(name, seed), name, seed, kind, settings, from: start.from };
}

export function foundedRun(plan: Plan, cell: PlanCell, seed: number, start: Start): Founded {
  const run = runOf('cell', cell.name, seed, cell.changes, start);
  if (cell.foundation !== null && start.from === null) return namedRun(plan, cell.foundation, run, start);
  const alone = { run, foundation: null, named: false };
  return Object.keys(plan.foundations).length > 0 ? alone : (sharedRun(cell, run, start) ?? alone);
}

/** A cell that begins from a foundation of the plan, after the last stage of it that fits. */
function namedRun(plan: Plan, name: string, run: PlannedRun, start: Start): Founded {
  const stages = ['sft', 'heads'] as const;
  const foundation = runOf('foundation', name, run.seed, { ...foundationOf(plan, name), stages }, start);
  const stage = stages.findLast((each) => fits(foundation, run, each));
  if (stage !== undefined)
    return { run: { ...run, from: { id: foundation.id, stage } }, foundation, named: true };
  throw new SettingError(
    'foundation',
    `${run.name} cannot begin from ${name}: its SFT is another one.`,
    'Give it a foundation of its own.',
  );
}

/** A cell that begins from what is left to train before RL, named by the values that this reads; null where nothing is. */
function sharedRun(cell: PlanCell, run: PlannedRun, start: Start): Founded | null {
  const trained = planOf({ ...run.settings, evaluate: false });
  const first = trained.findIndex(({ kind }) => kind === 'rl');
  const last = trained[first - 1]?.name;
  const taken = start.from ? trained.findIndex(({ name }) => name === start.from?.stage) + 1 : 0;
  if (last === undefined || first <= taken) return null;
  const stages = run.settings.stages.slice(0, first);
  const read = settingsReadUpTo({ ...run.settings, stages }, last);
  const varied = (Object.keys(cell.changes) as SettingKey[]).filter((key) => key !== 'stages');
  const keys = varied.filter((key) => read.has(key));
  // A loss with a value head has it from the beginning, though SFT reads no loss.
  for (const some of [keys, varied.filter((key) => keys.includes(key) || key === 'loss_type')]) {
    const name = ['base', ...some.map((key) => partName(key, formatSetting(key, run.settings[key])))].join(
      '+',
    );
    const changes = Object.fromEntries(some.map((key) => [key, cell.changes[key]]));
    const foundation = runOf('foundation', name, run.seed, { ...changes, stages }, start);
    if (fits(foundation, run, last))
      return { run: { ...run, from: { id: foundation.id, stage: last } }, foundation, named: false };
  }
  return null;
}

function fits(foundation: PlannedRun, { settings }: PlannedRun, stage: string): boolean {
  try {
    return forkIndex(foundation.settings, settings, stage) > 0;
  } catch (error) {
    if (error instanceof PlaygroundError) return false;
    throw error;
  }
}
