// Curves as SVG by hand: logarithmic axes, a label at the end of each curve, readable on light and dark pages.

import { extent } from '../base/numbers.ts';
import { logTicks } from '../base/ticks.ts';
import {
  dot,
  FAINT,
  gridLines,
  label,
  line,
  polyline,
  scaleOf,
  spreadLabels,
  svgDocument,
  tickText,
} from './svg.ts';

/** A point; `bound` marks one that is only a bound (cut off). */
export type CurvePoint = { x: number; y: number; bound: boolean };

export type CurveSeries = {
  label: string;
  color: string;
  /** Stroke pattern, '' for a full line. */
  dash: string;
  /** Drawn thicker, on top. */
  strong: boolean;
  points: readonly CurvePoint[];
};

export type CurveChart = {
  title: string;
  xLabel: string;
  yLabel: string;
  series: readonly CurveSeries[];
  /** Names along the x axis, such as the sizes. */
  xNames: readonly { x: number; name: string }[];
};

const WIDTH = 860;
const HEIGHT = 540;
const MARGIN = { left: 66, right: 232, top: 46, bottom: 80 };
const LABEL_GAP = 14;

/** The chart as one SVG document on a transparent ground. Series without points are left out. */
export function curveSvg(chart: CurveChart): string {
  const series = chart.series.filter(({ points }) => points.length > 0);
  const xs = [...series.flatMap(({ points }) => points.map(({ x }) => x)), ...chart.xNames.map(({ x }) => x)];
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  if (xs.length === 0) throw new RangeError('a chart needs at least one point');
  const pad = 1.15;
  const bottom = HEIGHT - MARGIN.bottom;
  const right = WIDTH - MARGIN.right;
  const padded = ([low, high]: [number, number]): [number, number] => [low / pad, high * pad];
  const [lowY, highY] = ys.length > 0 ? padded(extent(ys)) : [1, 10];
  const x = scaleOf(padded(extent(xs)), [MARGIN.left, right], true);
  const y = scaleOf([lowY, highY], [bottom, MARGIN.top], true);
  const parts = [
    label(MARGIN.left, 22, chart.title, { size: 16, bold: true }),
    ...gridLines(logTicks(lowY, highY), y, [MARGIN.left, right], { text: tickText }),
    ...chart.xNames.flatMap(({ x: at, name }, i) => [
      line(x(at), MARGIN.top, x(at), bottom, { color: FAINT }),
      // Neighbours may stand close: three lines in turn.
      label(x(at), bottom + 18 + (i % 3) * 14, name, { anchor: 'middle' }),
    ]),
    label((MARGIN.left + right) / 2, HEIGHT - 12, chart.xLabel, { anchor: 'middle' }),
    label(MARGIN.left, MARGIN.top - 8, chart.yLabel),
  ];
  const ends = series.map(({ points }) => points[points.length - 1]);
  const labels = spreadLabels(
    ends.map((end) => y(end.y)),
    LABEL_GAP,
    MARGIN.top,
    bottom,
  );
  // Strong ones last, so that they lie on top.
  const order = series.map((_, i) => i).sort((a, b) => Number(series[a].strong) - Number(series[b].strong));
  for (const i of order) for (const part of seriesParts(series[i], labels[i], x, y, right)) parts.push(part);
  return svgDocument(WIDTH, HEIGHT, chart.title, parts);
}

function seriesParts(
  { points, color, dash, strong, label: name }: CurveSeries,
  labelY: number,
  x: (value: number) => number,
  y: (value: number) => number,
  right: number,
): string[] {
  const places = points.map((point) => [x(point.x), y(point.y)] as const);
  const [endX, endY] = places[places.length - 1];
  return [
    polyline(places, { color, width: strong ? 3 : 1.5, dash }),
    ...places.map(([atX, atY], i) => dot(atX, atY, strong ? 4 : 3, color, { hollow: points[i].bound })),
    line(endX + 6, endY, right + 6, labelY, { color: `${color}66` }),
    label(right + 10, labelY + 4, name, { color, bold: strong }),
  ];
}
