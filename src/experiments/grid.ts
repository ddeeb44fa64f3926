// The project's own plan, plans/reproduce.json: its cells by the grids and groups that claims, commands and reports know, and its runs.

import plan from '../../plans/reproduce.json' with { type: 'json' };
import type { Settings } from '../config/index.ts';
import { expand } from './expand.ts';
import type { PlannedRun } from './plan.ts';
import { type NamedCell, readPlan } from './planFile.ts';

export const GRID_NAMES = ['core', 'terms', 'backbones'] as const;
export type GridName = (typeof GRID_NAMES)[number];
export const GROUPS = [1, 2, 3, 4, 5, 6] as const;
export type Group = (typeof GROUPS)[number];

export const PROJECT_PLAN = readPlan(plan);
export const CELLS: readonly NamedCell[] = PROJECT_PLAN.cells;
const { sets } = PROJECT_PLAN;

/** Cells by grid. `terms` and `backbones` hold the cells that theirs are compared with too. */
export const GRIDS: { readonly [grid in GridName]: readonly string[] } = {
  core: sets.core,
  terms: sets.terms,
  backbones: sets.backbones,
};

/** Cells of the tables and figures of a group of claims, in the order of the grid. */
export const cellsOfGroup = (group: Group): readonly string[] => sets[`group-${group}`];

/** The cell of a name. @throws Error on a name that is in no grid: a fault of the program. */
export function findCell(name: string): NamedCell {
  const found = CELLS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no cell ${name}`);
  return found;
}

/** Cells, each of them under each of the seeds. */
export type GridPart = { cells: readonly string[]; seeds: readonly number[] };

/** Names of the cells of some grids, each once, in the order of the table. */
export function cellNames(grid: GridName | 'all'): string[] {
  const grids = grid === 'all' ? GRID_NAMES : [grid];
  const wanted = new Set(grids.flatMap((name) => GRIDS[name]));
  return CELLS.map(({ name }) => name).filter((name) => wanted.has(name));
}

/**
 * The runs of some cells: foundations first, then cells. What two parts name is run once.
 * @throws SettingError where a cell's settings leave their range, e.g. with a base learning rate too large.
 */
export function planRuns(parts: readonly GridPart[], settings: Settings): PlannedRun[] {
  const base = { settings, preset: '', stage: null };
  const all = parts.flatMap(({ cells, seeds }) => {
    const some = { ...PROJECT_PLAN, cells: cells.map(findCell), seeds: [...seeds] };
    return some.cells.length === 0 ? [] : expand(some, base).runs;
  });
  const runs = [...new Map(all.map((run) => [run.id, run])).values()];
  return [...runs.filter(({ kind }) => kind === 'foundation'), ...runs.filter(({ kind }) => kind === 'cell')];
}
