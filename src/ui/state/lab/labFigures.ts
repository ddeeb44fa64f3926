// Figures of the view Lab beside those of the report: every seed as a dot, and the plane of safety and help by cell.

import { clamp, extent } from '../../../base/numbers.ts';
import {
  type Expansion,
  estimateOf,
  type MeasureName,
  meanEstimate,
  measureOf,
  type RunResult,
} from '../../../experiments/plans.ts';
import { bandFigure } from '../../../figures/bands.ts';
import { stripFigure } from '../../../figures/strips.ts';
import type { MetricRow } from '../../../storage/types.ts';
import {
  HELP_AXES,
  type Plane,
  type PlaneAxis,
  type PlanePoint,
  type PlaneScore,
  SAFE_AXES,
} from '../scores/plane.ts';

type Cells = Expansion['cells'];

/** Null where nothing was measured. */
export function seedFigure(metric: MeasureName, cells: Cells, results: readonly RunResult[]): string | null {
  const { title, unit, read } = measureOf(metric);
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  const valueFor = (cell: string, seed: number) => {
    const run = results.find((each) => each.name === cell && each.seed === seed && each.kind === 'cell');
    return run ? read(run, 'final') : null;
  };
  return stripFigure({
    title: `${title}: every seed`,
    axis: unit === 'points' ? `${title}, %` : title,
    rows: cells.map(({ name, title: cell }) => ({
      name: cell,
      values: seeds.map((seed) => valueFor(name, seed)),
    })),
    seeds,
  });
}

/** Right: helped; up: answered safely. A point for each cell, the mean over its seeds with its 95 % interval. */
export function cellPlane(cells: Cells, results: readonly RunResult[]): Plane | null {
  const [yAxis, xAxis] = [SAFE_AXES[0], HELP_AXES[0]];
  if (!yAxis || !xAxis) return null;
  const scoreOf = (cell: string, { score }: PlaneAxis): PlaneScore | null => {
    const estimate = estimateOf(results, cell, score);
    if (!estimate) return null;
    const { mean, low, high, n } = estimate;
    const share = (percent: number) => clamp(percent / 100, 0, 1);
    return { value: share(mean), low: share(low ?? mean), high: share(high ?? mean), n };
  };
  const there = cells.flatMap(({ name, title, values }) => {
    const [x, y] = [scoreOf(name, xAxis), scoreOf(name, yAxis)];
    // The values alone, for there is little room; what they are of stands above.
    return x && y ? [{ title: Object.values(values).join(', ') || title, x, y }] : [];
  });
  if (there.length === 0) return null;
  const stage = results.find(({ status }) => status === 'done')?.stages.at(-1)?.stage ?? '';
  const points = there.map(({ x, y }, series): PlanePoint => ({ series, stage, x, y }));
  return { points, series: there.map(({ title: name }) => ({ name, evaluations: [] })), xAxis, yAxis };
}

/** The metrics of a cell's runs: by run of the plan, its rows. */
export type CellRows = ReadonlyMap<string, readonly MetricRow[]>;

/** Besides the metric itself: in every row of SFT or of RL, to count from the first one. */
export const COUNTED_METRICS = ['sft/loss', 'reward'] as const;

/** One metric along the iterations, the mean over the seeds of each cell with its 95 % interval. Null where there is none. */
export function curveFigure(
  metric: string,
  cells: Cells,
  runs: Expansion['runs'],
  rows: CellRows,
): string | null {
  // A run that begins after a stage counts on from there.
  const before = extent([...rows.values()].flatMap((own) => own.slice(0, 1).map(({ step }) => step)))[0] - 1;
  const bands = cells.map(({ name, title }) => {
    const byStep = new Map<number, number[]>();
    for (const run of runs.filter((each) => each.kind === 'cell' && each.name === name))
      for (const { step, values } of rows.get(run.id) ?? []) {
        const value = values[metric];
        if (value !== undefined && Number.isFinite(value))
          byStep.set(step, [...(byStep.get(step) ?? []), value]);
      }
    const points = [...byStep]
      .sort(([a], [b]) => a - b)
      .flatMap(([x, values]) => {
        const estimate = meanEstimate(values);
        return estimate ? [{ x: x - before, ...estimate }] : [];
      });
    return { name: title, points };
  });
  const xLabel = 'iteration; the line is the mean over seeds, the band its 95 % interval';
  return bandFigure({ title: metric, xLabel, bands: bands.filter(({ points }) => points.length > 0) });
}
