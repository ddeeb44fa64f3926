// The figures of a plan: for each metric its cells, and their differences to the base cell, with a dot for each seed.

import { dotFigure } from '../figures/dots.ts';
import type { PlanCell } from './cells.ts';
import type { Comparison } from './compare.ts';
import type { Plan } from './planFile.ts';
import { estimateOf, type MeasureName, measureOf, type RunResult, valuesOf, withGreedy } from './results.ts';

/** SVG by path below the folder of the report. */
export function sweepFigures(
  plan: Plan,
  cells: readonly PlanCell[],
  results: readonly RunResult[],
  comparisons: readonly Comparison[],
): Map<string, string> {
  const drawn = withGreedy(plan.metrics, results).flatMap((metric) => [
    [`figures/${metric}.svg`, cellFigure(metric, cells, results)] as const,
    [`figures/${metric}-difference.svg`, differenceFigure(metric, cells, comparisons)] as const,
  ]);
  return new Map(drawn.flatMap(([path, svg]) => (svg === null ? [] : [[path, svg] as const])));
}

function cellFigure(metric: MeasureName, cells: readonly PlanCell[], results: readonly RunResult[]) {
  const { title, unit } = measureOf(metric);
  const rows = cells.flatMap((cell) => {
    const estimate = estimateOf(results, cell.name, metric);
    return estimate ? [{ cell, value: { ...estimate, each: valuesOf(results, cell.name, metric) } }] : [];
  });
  return dotFigure({
    title,
    axis: `${title}, ${unit === 'points' ? '%' : 'value'}, mean over seeds (dots) with its 95 % t interval`,
    rows: rows.map(({ cell }) => cell.title),
    series: [{ name: title, values: rows.map(({ value }) => value) }],
  });
}

function differenceFigure(
  metric: MeasureName,
  cells: readonly PlanCell[],
  comparisons: readonly Comparison[],
) {
  const { title, unit } = measureOf(metric);
  const rows = comparisons.flatMap((row) =>
    row.metric === metric && row.difference
      ? [{ name: row.cell, value: { ...row.difference, each: row.differences } }]
      : [],
  );
  return dotFigure({
    title: `${title}: difference to the base cell`,
    axis: `difference by seed (dots), ${unit === 'points' ? 'points' : 'value'}, with the interval of the verdict`,
    rows: rows.map(({ name }) => cells.find((cell) => cell.name === name)?.title ?? name),
    series: [{ name: title, values: rows.map(({ value }) => value) }],
    differences: true,
  });
}
