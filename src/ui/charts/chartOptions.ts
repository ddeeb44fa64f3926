// How a chart is drawn: scales, axes, colours and dashes, reference lines, and the marks where stages begin.

import type uPlot from 'uplot';
import { formatNumber } from '../../base/format.ts';
import { stageTitle } from '../../terms/stages.ts';
import type { ChartSpec } from '../state/charts/chartTypes.ts';
import type { StageSpan } from '../state/charts/metricTable.ts';
import type { ReferenceLine } from '../state/charts/references.ts';

/** Dash pattern per line, beside its colour: told apart without colour too. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4]];
const REFERENCE_DASHES = { chance: [1, 5], start: [4, 6], best: [12, 3, 3, 3] } as const;
const COLORS = 5;
export const CHART_HEIGHT_PX = 170;

/** Colour number from 1, and dash: no two of the first 25 lines share both. */
export function lineStyle(index: number): { color: number; dash: readonly number[] } {
  const dash = DASHES[(index + Math.floor(index / COLORS)) % DASHES.length] as readonly number[];
  return { color: (index % COLORS) + 1, dash };
}

export type PlotShape = {
  spec: ChartSpec;
  logScale: boolean;
  /** The raw curves lie behind the smoothed ones. */
  smoothed: boolean;
  references: readonly ReferenceLine[];
};

/**
 * Options of a chart; colours come from the CSS variables that hold at `element`. Its columns: x, the raw curves where they are
 * smoothed, the curves, the reference lines.
 */
export function plotOptions(
  { spec, logScale, smoothed, references }: PlotShape,
  element: HTMLElement,
  spans: { readonly current: StageSpan[] },
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const lineColor = (index: number): string => color(`--curve-${lineStyle(index).color}`);
  const value = (_chart: uPlot, shown: number | null): string => (shown === null ? '–' : formatNumber(shown));
  const points = { show: false };
  const axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: '11px system-ui, sans-serif',
  };
  const firstLine = 1 + (smoothed ? spec.lines.length : 0);
  const firstReference = firstLine + spec.lines.length;
  const raw: uPlot.Series[] = smoothed
    ? spec.lines.map((_line, index) => ({
        class: 'raw-curve',
        stroke: faint(lineColor(index), '55'),
        width: 1,
        spanGaps: true,
        points,
      }))
    : [];
  return {
    width: Math.max(200, element.clientWidth),
    height: CHART_HEIGHT_PX,
    cursor: { points: { size: 6 } },
    legend: {
      markers: { dash: (_chart, series) => (series < firstReference ? 'solid' : 'dashed') },
    },
    scales: {
      x: { time: false },
      y: {
        distr: logScale ? 3 : 1,
        ...(spec.range && !logScale ? { range: [...spec.range] as [number, number] } : {}),
      },
    },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_chart, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')),
      },
      {
        ...axis,
        size: 52,
        values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : formatNumber(tick))),
      },
    ],
    series: [
      { label: 'step' },
      ...raw,
      ...spec.lines.map((line, index) => ({
        label: line.label,
        stroke: lineColor(index),
        width: 1.75,
        dash: [...lineStyle(index).dash],
        spanGaps: true,
        points,
        value,
      })),
      ...references.map(({ kind, label, line }) => ({
        label,
        class: 'reference',
        stroke: line === null ? color('--ink-soft') : lineColor(line),
        width: 1.25,
        dash: [...REFERENCE_DASHES[kind]],
        points,
        value,
      })),
    ],
    ...(spec.gap && spec.lines.length > 1
      ? {
          bands: [
            { series: [firstLine, firstLine + 1], fill: faint(color('--bad'), '44') },
            { series: [firstLine + 1, firstLine], fill: faint(color('--ink-soft'), '33') },
          ],
        }
      : {}),
    hooks: { draw: [(chart) => drawStages(chart, spans.current, color('--ink-soft'))] },
  };
}

/** A colour of the form `#rrggbb` with an opacity of two hex digits; others stay as they are. */
function faint(color: string, opacity: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) ? `${color}${opacity}` : color;
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
  ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
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
    ctx.fillText(stageTitle(span.stage), x + 4 * devicePixelRatio, bbox.top + 11 * devicePixelRatio);
  }
  ctx.restore();
}
