// Keeps a plot in an element: made when it first comes into sight, made anew when its shape changes, drawn while it is in sight.

import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { drawNoMore, drawSoon } from '../browser/frameQueue.ts';
import { drawingScale } from '../browser/projector.ts';
import { drawForPrint, theme } from '../browser/theme.ts';
import { type ChartRows, type Column, planLogAxis, rowsToDraw } from '../state/charts/chartRows.ts';
import { type StageSpan, smooth } from '../state/charts/metricTable.ts';
import { type PlotShape, plotOptions, plotSize } from './plotOptions.ts';

/** More rows than this are thinned for the screen, which shows no more than about a thousand columns of pixels. */
const MOST_ROWS = 1200;

export type PlotInput = Pick<PlotShape, 'spec' | 'xLabel' | 'heightPx' | 'logScale'> & {
  /** Weight of the past, 0 for the curves as they were measured. */
  smoothing: number;
  /** Change when there is something new to draw. */
  changes: readonly unknown[];
  /** Read when the chart is drawn, not before. */
  rows: () => ChartRows;
};

/** `note`: what the user should know of the axis. */
export function usePlot(input: PlotInput): { host: RefObject<HTMLDivElement | null>; note: Signal<string> } {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<{ chart: uPlot; key: string } | null>(null);
  const spans = useRef<readonly StageSpan[]>([]);
  const inSight = useRef(false);
  const draw = useRef<() => void>(() => {});
  const note = useSignal('');
  const { changes, smoothing, heightPx } = input;
  const look = `${theme.value} ${drawingScale.value}`;

  draw.current = () => {
    const element = host.current;
    if (!element || element.clientWidth === 0) return;
    const { x, columns, references, spans: stages } = input.rows();
    const plan = input.logScale ? planLogAxis(columns) : { log: false, note: '' };
    note.value = plan.note;
    spans.current = stages;
    const shape: PlotShape = {
      ...input,
      logScale: plan.log,
      smoothed: smoothing > 0,
      references: references.map(({ line }) => line),
    };
    const shown = smoothing > 0 ? columns.map((column) => smooth(column, smoothing)) : [];
    const curves = [...columns, ...shown];
    const all: Column[] = [...curves, ...references.map(({ column }) => column)];
    // Colours and sizes of type are read anew with it.
    const key = `${theme.peek()} ${drawingScale.peek()}|${keyOf(shape)}`;
    if (plot.current?.key !== key) {
      plot.current?.chart.destroy();
      const chart = new uPlot(plotOptions(shape, element, spans), [[], ...all.map(() => [])], element);
      plot.current = { chart, key };
    }
    const { chart } = plot.current;
    const kept = rowsToDraw(curves, x.length, MOST_ROWS);
    chart.setData([
      kept ? kept.map((row) => x[row] as number) : [...x],
      ...all.map((column) => drawn(column, kept, plan.log)),
    ]);
    // Without a pointer over it, the legend gives the newest values: set after uPlot has drawn, which empties that of a new chart.
    const last = (kept ?? x).length - 1;
    queueMicrotask(() => {
      if (typeof chart.cursor.idx !== 'number') chart.setLegend({ idx: last });
    });
  };

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const resizes = new ResizeObserver(() => plot.current?.chart.setSize(plotSize(element, heightPx)));
    const sights = new IntersectionObserver((entries) => {
      inSight.current = entries.some((entry) => entry.isIntersecting);
      if (inSight.current) drawSoon(draw, () => draw.current());
    });
    resizes.observe(element);
    sights.observe(element);
    const endPrints = drawForPrint(() => draw.current());
    return () => {
      endPrints();
      resizes.disconnect();
      sights.disconnect();
      drawNoMore(draw);
      plot.current?.chart.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    if (inSight.current) drawSoon(draw, () => draw.current());
  }, [...changes, smoothing, input.logScale, look]);

  return { host, note };
}

function keyOf({ spec, xLabel, logScale, smoothed, references }: PlotShape): string {
  const lines = spec.lines.map(({ name }) => name).join();
  const labels = references.map(({ label }) => label).join();
  return [spec.id, xLabel, lines, labels, logScale, smoothed].join('|');
}

function drawn(column: Column, kept: readonly number[] | null, log: boolean): (number | null)[] {
  const values = kept ? kept.map((row) => column[row] ?? null) : [...column];
  return log ? values.map((value) => (value !== null && value > 0 ? value : null)) : values;
}
