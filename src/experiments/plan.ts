// From grid and seeds to runs: foundations once, cells forked from them, in an order.

import {
  changedKeys,
  DEFAULTS,
  formatSetting,
  parseSettingText,
  SettingError,
  type SettingKey,
  type Settings,
  type SettingsInput,
  validateSettings,
  WITHOUT_EFFECT,
  writtenKeys,
} from '../config/index.ts';
import { CELLS, type Cell, FOUNDATION_SETTINGS, findCell, GRID_NAMES, GRIDS, type GridName } from './grid.ts';

/** One training run of the plan. */
export type PlannedRun = {
  /** Unique, and the name of its folder, e.g. `grpo-fast-s11`. */
  id: string;
  /** Of the cell or foundation. */
  name: string;
  seed: number;
  kind: 'foundation' | 'cell';
  settings: Settings;
  /** The run that has to be done before, or null for the base of the plan; and the stage of it after which this one begins. */
  from: { id: string | null; stage: string } | null;
};

/** What decides the result of a run, as text by setting: all that differs from the defaults. */
export function changesOf(settings: Settings): { [setting: string]: string } {
  const keys = writtenKeys(settings, DEFAULTS).filter((key) => !WITHOUT_EFFECT.includes(key));
  return Object.fromEntries(keys.map((key) => [key, formatSetting(key, settings[key])]));
}

/** The settings that `changesOf` tells. @throws SettingError where they are of another version. */
export function settingsOfChanges(changes: { readonly [setting: string]: string }): Settings {
  const entries = Object.entries(changes).map(([key, text]) => [
    key,
    parseSettingText(key as SettingKey, text),
  ]);
  return validateSettings(Object.fromEntries(entries));
}

/** What cells without a clip differ in from those of before 0.3.0, which had a range of 10: those stand, with a note above them. */
export const CORRECTED_SETTINGS: readonly SettingKey[] = ['clip', 'epsilon', 'epsilon_high'];

/**
 * The first setting that decides in which a run differs from the planned one, or why it cannot be read, in words; else null.
 * @param free settings that may differ.
 */
export function otherSetting(
  read: () => Settings,
  planned: Settings,
  free: readonly SettingKey[] = [],
): string | null {
  let there: Settings;
  try {
    there = read();
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  const key = changedKeys(there, planned).find((name) => ![...WITHOUT_EFFECT, ...free].includes(name));
  return key
    ? `${key} is ${formatSetting(key, there[key])} there and ${formatSetting(key, planned[key])} in the plan`
    : null;
}

/** Cells, each of them under each of the seeds. */
export type GridPart = { cells: readonly string[]; seeds: readonly number[] };

/** Names of the cells of some grids, each once, in the order of the table. */
export function cellNames(grid: GridName | 'all'): string[] {
  const grids = grid === 'all' ? GRID_NAMES : [grid];
  const wanted = new Set(grids.flatMap((name) => GRIDS[name]));
  return CELLS.map(({ name }) => name).filter((name) => wanted.has(name));
}

export function runId(name: string, seed: number): string {
  return `${name}-s${seed}`;
}

function foundationRun(name: Cell['foundation'], seed: number, base: Settings): PlannedRun {
  const changes: SettingsInput = { ...FOUNDATION_SETTINGS[name], stages: ['sft', 'heads'], seed };
  const settings = validateSettings(changes, base);
  return { id: runId(name, seed), name, seed, kind: 'foundation', settings, from: null };
}

function cellRun({ name, change, foundation, forkAt }: Cell, seed: number, base: Settings): PlannedRun {
  const changes = typeof change === 'function' ? change(base) : change;
  const settings = validateSettings({ ...changes, seed }, base);
  const from = { id: runId(foundation, seed), stage: forkAt };
  return { id: runId(name, seed), name, seed, kind: 'cell', settings, from };
}

/**
 * The runs of a grid: foundations first, then cells, those of one foundation side by side. What two parts name is run once.
 * @throws SettingError where a cell's settings leave their range, e.g. with a base learning rate too large.
 */
export function planRuns(parts: readonly GridPart[], base: Settings): PlannedRun[] {
  const all = parts.flatMap(({ cells: names, seeds }) => {
    const cells = names.map(findCell);
    return seeds.flatMap((seed) =>
      Object.keys(FOUNDATION_SETTINGS).flatMap((name) =>
        cells.filter(({ foundation }) => foundation === name).map((cell) => cellRun(cell, seed, base)),
      ),
    );
  });
  const ordered = [...new Map(all.map((run) => [run.id, run])).values()];
  const foundations = new Map<string, PlannedRun>();
  for (const { name, seed } of ordered) {
    const run = foundationRun(findCell(name).foundation, seed, base);
    foundations.set(run.id, run);
  }
  return [...foundations.values(), ...ordered];
}

/** The runs that may begin now: not begun, and what they begin from is done. */
export function readyRuns(
  runs: readonly PlannedRun[],
  begun: ReadonlySet<string>,
  done: ReadonlySet<string>,
): PlannedRun[] {
  return runs.filter(({ id, from }) => !begun.has(id) && (!from || from.id === null || done.has(from.id)));
}
