// How a chart is drawn: scales, axes, colours and dashes, and the marks where stages begin.

import type uPlot from 'uplot';
import { formatNumber } from '../format.ts';
import type { ChartSpec } from '../state/charts.ts';
import type { StageSpan } from '../state/metricTable.ts';
import { stageTitle } from '../state/stages.ts';

/** Dash pattern per line, beside its colour: told apart without colour too. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4]];
export const CHART_HEIGHT_PX = 170;

/** Options of a chart; colours come from the CSS variables that hold at `element`. */
export function plotOptions(
  spec: ChartSpec,
  element: HTMLElement,
  logScale: boolean,
  spans: { readonly current: StageSpan[] },
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: Math.max(200, element.clientWidth),
    height: CHART_HEIGHT_PX,
    cursor: { points: { size: 6 } },
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
      ...spec.lines.map((line, index) => ({
        label: line.label,
        stroke: color(`--curve-${(index % 5) + 1}`),
        width: 1.75,
        dash: [...(DASHES[index % DASHES.length] as readonly number[])],
        spanGaps: true,
        points: { show: false },
        value: (_chart: uPlot, value: number | null) => (value === null ? '–' : formatNumber(value)),
      })),
    ],
    hooks: { draw: [(chart) => drawStages(chart, spans.current, color('--ink-soft'))] },
  };
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
