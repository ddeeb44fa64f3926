// Curves as an SVG document: axes, lines with dashes, a legend. Pure; colours are given.

import { extent } from '../base/numbers.ts';
import { linearTicks, logTicks } from '../base/ticks.ts';
import { dot, gridLines, label, line, padded, polyline, scaleOf, svgDocument, tickText } from './svg.ts';

export type SvgCurve = {
  label: string;
  color: string;
  /** Stroke pattern in pixels; empty for a full line. */
  dash: readonly number[];
  x: readonly number[];
  /** Null where there is no point; the line goes on to the next one. */
  y: readonly (number | null)[];
};

export type SvgChart = {
  title: string;
  xLabel: string;
  curves: readonly SvgCurve[];
  logScale?: boolean;
  /** Of the y axis; by the data where absent. */
  range?: readonly [number, number];
  /** Where something begins along x, e.g. stages. */
  marks?: readonly { x: number; label: string }[];
  colors: { ink: string; soft: string; line: string; paper: string };
};

export const SVG_WIDTH = 760;
const PLOT_HEIGHT = 320;
const MARGIN = { left: 62, right: 16, top: 40, bottom: 44 };
const LEGEND_ROW = 18;
const BOTTOM = MARGIN.top + PLOT_HEIGHT;
const RIGHT = SVG_WIDTH - MARGIN.right;

/** Points that can be drawn on the chosen axis. */
function drawable({ x, y }: SvgCurve, logScale: boolean): [number, number][] {
  return x.flatMap((at, index): [number, number][] => {
    const value = y[index] ?? null;
    return value !== null && Number.isFinite(value) && (!logScale || value > 0) ? [[at, value]] : [];
  });
}

/** The chart. Curves without points stand in the legend only. */
export function curvesSvg(chart: SvgChart): string {
  const { title, xLabel, curves, logScale = false, colors } = chart;
  const points = curves.map((curve) => drawable(curve, logScale));
  const empty = points.every((own) => own.length === 0);
  const height = BOTTOM + MARGIN.bottom + curves.length * LEGEND_ROW + 8;
  const soft = { color: colors.soft };
  const parts = [
    label(MARGIN.left, 24, title, { size: 15, bold: true, color: colors.ink }),
    ...(empty
      ? [label(MARGIN.left, MARGIN.top + 24, 'No values.', soft)]
      : [
          ...plot(chart, points),
          label((MARGIN.left + RIGHT) / 2, BOTTOM + 32, xLabel, { anchor: 'middle', ...soft }),
        ]),
    ...curves.flatMap((curve, index) => {
      const y = BOTTOM + MARGIN.bottom + index * LEGEND_ROW + 6;
      return [
        line(MARGIN.left, y - 4, MARGIN.left + 34, y - 4, strokeOf(curve)),
        label(MARGIN.left + 42, y, curve.label, { color: colors.ink }),
      ];
    }),
  ];
  return svgDocument(SVG_WIDTH, height, title, parts, colors.paper);
}

const strokeOf = ({ color, dash }: SvgCurve) => ({ color, dash: dash.join(' '), width: 2 });

function plot(
  { curves, logScale = false, range, marks = [], colors }: SvgChart,
  points: readonly (readonly [number, number][])[],
): string[] {
  const all = points.flat();
  const [lowX, highX] = extent(all.map(([x]) => x));
  const found = extent(all.map(([, y]) => y));
  const own = logScale ? ([found[0] / 1.1, found[1] * 1.1] as const) : padded(found);
  const [lowY, highY] = range && !logScale ? range : own;
  const x = scaleOf([lowX, highX], [MARGIN.left, RIGHT]);
  const y = scaleOf([lowY, highY], [BOTTOM, MARGIN.top], logScale);
  const soft = { color: colors.soft };
  const ticks = (logScale ? logTicks : linearTicks)(lowY, highY);
  return [
    ...gridLines(ticks, y, [MARGIN.left, RIGHT], { text: tickText, grid: colors.line, ink: colors.soft }),
    ...linearTicks(lowX, highX, 8).flatMap((tick) => [
      line(x(tick), BOTTOM, x(tick), BOTTOM + 5, soft),
      label(x(tick), BOTTOM + 17, tickText(tick), { anchor: 'middle', ...soft }),
    ]),
    line(MARGIN.left, BOTTOM, RIGHT, BOTTOM, soft),
    ...marks
      .filter((mark) => mark.x >= lowX && mark.x <= highX)
      .flatMap((mark) => [
        line(x(mark.x), MARGIN.top, x(mark.x), BOTTOM, { dash: '2 3', ...soft }),
        label(x(mark.x) + 4, MARGIN.top + 10, mark.label, { size: 10, ...soft }),
      ]),
    ...curves.flatMap((curve, index) => {
      const places = points[index].map(([a, b]) => [x(a), y(b)] as const);
      if (places.length === 1) return [dot(...places[0], 3, curve.color)];
      return places.length > 1 ? [polyline(places, strokeOf(curve))] : [];
    }),
  ];
}
