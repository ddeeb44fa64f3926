// Keeps a plot in an element: made when it first comes into sight, made anew when its shape changes, drawn while it is in sight.

import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { drawNoMore, drawSoon } from '../browser/frameQueue.ts';
import { type ChartRows, type Column, planLogAxis, rowsToDraw } from '../state/charts/chartRows.ts';
import type { ChartSpec } from '../state/charts/chartTypes.ts';
import { type MetricTable, type StageSpan, smooth } from '../state/charts/metricTable.ts';
import { CHART_HEIGHT_PX, type PlotShape, plotOptions } from './chartOptions.ts';

/** More rows than this are thinned for the screen, which shows no more than about a thousand columns of pixels. */
const MOST_ROWS = 1200;

export type PlotInput = {
  spec: ChartSpec;
  table: MetricTable;
  /** Changes when there is something new to draw. */
  changes: readonly unknown[];
  smoothing: number;
  logScale: boolean;
  /** Changes when colours must be read anew. */
  theme: string;
  /** Read when the chart is drawn, not before. */
  rows: () => ChartRows;
};

/** `note`: what the user should know of the axis. */
export function usePlot(input: PlotInput): { host: RefObject<HTMLDivElement | null>; note: Signal<string> } {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<{ chart: uPlot; key: string } | null>(null);
  const spans = useRef<StageSpan[]>([]);
  const inSight = useRef(false);
  const draw = useRef<() => void>(() => {});
  const note = useSignal('');

  draw.current = () => {
    const element = host.current;
    if (!element || element.clientWidth === 0) return;
    const { spec, table, smoothing } = input;
    const { steps, columns, references } = input.rows();
    const plan = input.logScale ? planLogAxis(columns) : { log: false, note: '' };
    note.value = plan.note;
    spans.current = table.spans();
    const shape: PlotShape = {
      spec,
      logScale: plan.log,
      smoothed: smoothing > 0,
      references: references.map(({ line }) => line),
    };
    const key = keyOf(shape, input.theme);
    if (plot.current?.key !== key) {
      plot.current?.chart.destroy();
      const chart = new uPlot(plotOptions(shape, element, spans), emptyData(shape), element);
      plot.current = { chart, key };
    }
    const { chart } = plot.current;
    const shown = smoothing > 0 ? columns.map((column) => smooth(column, smoothing)) : [];
    const curves = [...columns, ...shown];
    const kept = rowsToDraw(curves, steps.length, MOST_ROWS);
    const all: Column[] = [...curves, ...references.map(({ column }) => column)];
    chart.setData([
      kept ? kept.map((row) => steps[row] as number) : [...steps],
      ...all.map((column) => drawn(column, kept, plan.log)),
    ]);
    // Without a pointer over it, the legend gives the newest values.
    const last = (kept ?? steps).length - 1;
    if (typeof chart.cursor.idx !== 'number') chart.setLegend({ idx: last });
  };

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const resizes = new ResizeObserver(() => {
      plot.current?.chart.setSize({ width: Math.max(200, element.clientWidth), height: CHART_HEIGHT_PX });
    });
    const sights = new IntersectionObserver((entries) => {
      inSight.current = entries.some((entry) => entry.isIntersecting);
      if (inSight.current) drawSoon(draw, () => draw.current());
    });
    resizes.observe(element);
    sights.observe(element);
    return () => {
      resizes.disconnect();
      sights.disconnect();
      drawNoMore(draw);
      plot.current?.chart.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    if (inSight.current) drawSoon(draw, () => draw.current());
  }, [...input.changes, input.table, input.smoothing, input.logScale, input.theme]);

  return { host, note };
}

function keyOf({ spec, logScale, smoothed, references }: PlotShape, theme: string): string {
  const lines = spec.lines.map((line) => line.metric).join();
  const labels = references.map(({ label }) => label).join();
  return [spec.id, lines, labels, logScale, smoothed, theme].join('|');
}

function emptyData({ spec, smoothed, references }: PlotShape): uPlot.AlignedData {
  const columns = spec.lines.length * (smoothed ? 2 : 1) + references.length;
  return [[], ...Array.from({ length: columns }, () => [])];
}

function drawn(column: Column, kept: readonly number[] | null, log: boolean): (number | null)[] {
  const values = kept ? kept.map((row) => column[row] ?? null) : [...column];
  return log ? values.map((value) => (value !== null && value > 0 ? value : null)) : values;
}
