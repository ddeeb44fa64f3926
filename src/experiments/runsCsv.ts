// A line for each run of a plan: its cell, its seed, how it ended and every measure at its end.

import type { PlanCell } from './cells.ts';
import type { Plan } from './planFile.ts';
import { type MeasureName, measureOf, type RunResult } from './results.ts';

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** At which look a seed came: 1, or 2 and more where it was added. */
function lookOf(plan: Plan, seed: number): number {
  return 1 + [plan.seeds, ...plan.addedSeeds].findIndex((seeds) => seeds.includes(seed));
}

export function runsCsv(
  plan: Plan,
  cells: readonly PlanCell[],
  results: readonly RunResult[],
  measures: readonly MeasureName[],
): string {
  const settings = plan.factors.map(({ setting }) => setting);
  const header = ['run', 'base', ...settings, 'seed', 'look', 'status', ...measures, 'digest'];
  const lines = results.flatMap((run) => {
    const cell = cells.find(({ name }) => run.kind === 'cell' && name === run.name);
    if (!cell) return [];
    const values = measures.map((name) => String(measureOf(name).read(run, 'final') ?? ''));
    const own = [run.id, String(cell.isBase), ...settings.map((key) => cell.values[key])];
    const end = [String(run.seed), String(lookOf(plan, run.seed)), run.status];
    return [[...own, ...end, ...values, run.digest ?? '']];
  });
  return `${[header, ...lines].map((line) => line.map(quoted).join(',')).join('\n')}\n`;
}
