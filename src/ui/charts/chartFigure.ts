// A chart as a figure to save: the lines, smoothing and stages that are on show.

import type { SvgChart } from '../../figures/curves.ts';
import { stageTitle } from '../../terms/stages.ts';
import { planLogAxis } from '../state/charts/chartRows.ts';
import { smooth } from '../state/charts/metricTable.ts';
import { curveStyles, pageColors, referenceStyle } from './lineStyle.ts';
import type { PlotInput } from './usePlot.ts';

/** Colours are read at the element. */
export function chartFigure(input: Omit<PlotInput, 'changes' | 'heightPx'>, element: Element): SvgChart {
  const { spec, xLabel, smoothing } = input;
  const { x, columns, references, spans } = input.rows();
  const colors = pageColors(element);
  return {
    title: smoothing > 0 ? `${spec.title} (smoothed)` : spec.title,
    xLabel,
    logScale: input.logScale && planLogAxis(columns).log,
    ...(spec.axis ? { range: spec.axis } : {}),
    colors,
    marks: spans.map(({ stage, firstStep }) => ({ x: firstStep, label: stageTitle(stage) })),
    curves: [
      ...curveStyles(spec, colors).map((style, line) => ({
        ...style,
        x,
        y: smooth(columns[line] ?? [], smoothing),
      })),
      ...references.map(({ line, column }) => ({ ...referenceStyle(line, colors), x, y: column })),
    ],
  };
}
