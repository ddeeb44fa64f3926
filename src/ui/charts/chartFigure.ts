// A chart of the run on view as a figure to save: the lines, smoothing and stages that are on show.

import type { SvgChart, SvgCurve } from '../../figures/curves.ts';
import { stageTitle } from '../../terms/stages.ts';
import { type ChartRows, planLogAxis } from '../state/charts/chartRows.ts';
import type { ChartSpec } from '../state/charts/chartTypes.ts';
import { type MetricTable, smooth } from '../state/charts/metricTable.ts';
import { lineStyle } from './chartOptions.ts';
import { figureColors } from './SaveFigure.tsx';

type Shown = {
  spec: ChartSpec;
  table: MetricTable;
  rows: ChartRows;
  smoothing: number;
  logScale: boolean;
};

export function chartFigure({ spec, table, rows, smoothing, logScale }: Shown, element: Element): SvgChart {
  const { curves, ...colors } = figureColors(element);
  const lines = spec.lines.map((line, index): SvgCurve => {
    const { color, dash } = lineStyle(index);
    const column = rows.columns[index] ?? [];
    return {
      label: line.label,
      color: curves[color - 1] ?? colors.ink,
      dash,
      x: rows.steps,
      y: smoothing > 0 ? smooth(column, smoothing) : column,
    };
  });
  const references = rows.references.map(
    ({ line, column }): SvgCurve => ({
      label: line.label,
      color: colors.soft,
      dash: [1, 4],
      x: rows.steps,
      y: column,
    }),
  );
  return {
    title: smoothing > 0 ? `${spec.title} (smoothed)` : spec.title,
    xLabel: 'step',
    logScale: logScale && planLogAxis(rows.columns).log,
    ...(spec.range ? { range: spec.range } : {}),
    colors,
    marks: table.spans().map(({ stage, firstStep }) => ({ x: firstStep, label: stageTitle(stage) })),
    curves: [...lines, ...references],
  };
}
