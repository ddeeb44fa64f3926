// How a chart is drawn by uPlot: scales, axes, series, reference lines, and the marks where stages begin.

import type uPlot from 'uplot';
import { formatNumber } from '../../base/format.ts';
import { stageTitle } from '../../terms/stages.ts';
import { drawingScale } from '../browser/projector.ts';
import type { ChartSpec } from '../state/charts/charts.ts';
import type { StageSpan } from '../state/charts/metricTable.ts';
import type { ReferenceLine } from '../state/charts/references.ts';
import { curveStyles, type LineStyle, pageColors, referenceStyle } from './lineStyle.ts';

export type PlotShape = {
  spec: ChartSpec;
  xLabel: string;
  heightPx: number;
  logScale: boolean;
  /** The raw curves lie behind the smoothed ones. */
  smoothed: boolean;
  references: readonly ReferenceLine[];
};

/** Of the plot, whatever room its element has. */
export function plotSize(element: Element, heightPx: number): { width: number; height: number } {
  return { width: Math.max(200, element.clientWidth), height: heightPx };
}

/**
 * Options of a chart; colours come from the CSS variables that hold at `element`. Its columns: x, the raw curves where they are
 * smoothed, the curves, the reference lines.
 */
export function plotOptions(
  { spec, xLabel, heightPx, logScale, smoothed, references }: PlotShape,
  element: HTMLElement,
  spans: { readonly current: readonly StageSpan[] },
): uPlot.Options {
  const colors = pageColors(element);
  const scale = drawingScale.peek();
  const axis = {
    stroke: colors.soft,
    grid: { stroke: colors.line, width: 1 },
    ticks: { stroke: colors.line, width: 1 },
    font: fontOf(scale),
  };
  const seriesOf = ({ label, color, dash }: LineStyle): uPlot.Series => ({
    label,
    stroke: color,
    dash: [...dash],
    points: { show: false },
    value: (_chart, shown: number | null) => (shown === null ? '–' : formatNumber(shown)),
  });
  const curves = curveStyles(spec, colors);
  const raw = smoothed ? curves : [];
  const firstLine = 1 + raw.length;
  const firstReference = firstLine + curves.length;
  return {
    ...plotSize(element, heightPx),
    cursor: { points: { size: 6 } },
    legend: {
      markers: { dash: (_chart, series) => (series < firstReference ? 'solid' : 'dashed') },
    },
    scales: {
      x: { time: false },
      y: {
        distr: logScale ? 3 : 1,
        ...(spec.axis && !logScale ? { range: [...spec.axis] as [number, number] } : {}),
      },
    },
    axes: [
      {
        ...axis,
        size: 28 * scale,
        values: (_chart, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')),
      },
      {
        ...axis,
        size: 56 * scale,
        values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : formatNumber(tick))),
      },
    ],
    series: [
      // As the axis and the counter write it; uPlot's own form has separators.
      { label: xLabel, value: (_chart, x: number | null) => (x === null ? '–' : String(x)) },
      ...raw.map(({ color }) => ({
        class: 'raw-curve',
        stroke: faint(color, '55'),
        width: 1,
        spanGaps: true,
        points: { show: false },
      })),
      ...curves.map((style) => ({ ...seriesOf(style), width: 1.75, spanGaps: true })),
      ...references.map((line) => ({
        ...seriesOf(referenceStyle(line, colors)),
        class: 'reference',
        width: 1.25,
      })),
    ],
    ...(spec.gap && curves.length > 1
      ? {
          bands: [
            { series: [firstLine, firstLine + 1], fill: faint(colors.bad, '44') },
            { series: [firstLine + 1, firstLine], fill: faint(colors.soft, '33') },
          ],
        }
      : {}),
    hooks: { draw: [(chart) => drawStages(chart, spans.current, colors.soft)] },
  };
}

/** A colour of the form `#rrggbb` with an opacity of two hex digits; others stay as they are. */
function faint(color: string, opacity: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) ? `${color}${opacity}` : color;
}

function fontOf(scale: number): string {
  return `${13 * scale}px system-ui, sans-serif`;
}

/** Vertical lines where a stage begins, with its name. */
function drawStages(chart: uPlot, spans: readonly StageSpan[], color: string): void {
  const { ctx, bbox } = chart;
  const { min, max } = chart.scales.x ?? {};
  if (min === undefined || max === undefined || min === null || max === null) return;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  const scale = drawingScale.peek() * devicePixelRatio;
  ctx.font = fontOf(scale);
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const span of spans) {
    if (span.lastStep < min || span.firstStep > max) continue;
    const x = Math.round(chart.valToPos(Math.max(span.firstStep, min), 'x', true));
    if (span.firstStep > min) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.fillText(stageTitle(span.stage), x + 4 * devicePixelRatio, bbox.top + 13 * scale);
  }
  ctx.restore();
}
