// Curves with bands: the mean of some runs along x, and around it the interval of that mean.

import { extent } from '../base/numbers.ts';
import { linearTicks } from '../base/ticks.ts';
import {
  area,
  COLORS,
  gridLines,
  INK,
  label,
  line,
  padded,
  polyline,
  scaleOf,
  svgDocument,
  tickText,
} from './svg.ts';

/** In order of x; without limits where one run cannot tell how much it varies. */
export type BandPoint = { x: number; mean: number; low: number | null; high: number | null };
export type Band = { name: string; points: readonly BandPoint[] };
export type BandFigure = {
  title: string;
  xLabel: string;
  bands: readonly Band[];
  /** Marks of a logarithmic x axis; without them the axis is linear. */
  logTicks?: readonly number[];
  /** Of the y axis; by the data where absent. */
  range?: readonly [number, number];
};

const WIDTH = 820;
const PLOT = { left: 66, right: 800, top: 44, bottom: 330 };
const LEGEND_ROW = 18;

/** Null where there is no point. */
export function bandFigure({ title, xLabel, bands, logTicks, range }: BandFigure): string | null {
  const points = bands.flatMap((band) => band.points);
  if (points.length === 0) return null;
  const [lowX, highX] = extent(points.map(({ x }) => x));
  const found = extent(points.flatMap((point) => [point.low ?? point.mean, point.high ?? point.mean]));
  const [low, high] = range ?? padded(found);
  const x = scaleOf([lowX, highX], [PLOT.left, PLOT.right], logTicks !== undefined);
  const y = scaleOf([low, high], [PLOT.bottom, PLOT.top]);
  const legend = PLOT.bottom + 56;
  const parts = [
    label(16, 24, title, { size: 16, bold: true }),
    ...gridLines(linearTicks(low, high), y, [PLOT.left, PLOT.right], { text: tickText }),
    ...(logTicks ?? linearTicks(lowX, highX, 8)).map((tick) =>
      label(x(tick), PLOT.bottom + 16, tickText(tick), { anchor: 'middle' }),
    ),
    label((PLOT.left + PLOT.right) / 2, PLOT.bottom + 34, xLabel, { anchor: 'middle' }),
    ...bands.flatMap(({ name, points: own }, at) => {
      const color = COLORS[at % COLORS.length] ?? INK;
      const edge = (of: 'low' | 'high') =>
        own.map((point) => [x(point.x), y(point[of] ?? point.mean)] as const);
      const place = legend + at * LEGEND_ROW;
      return [
        area([...edge('high'), ...edge('low').reverse()], color),
        polyline(
          own.map((point) => [x(point.x), y(point.mean)] as const),
          { color, width: 2 },
        ),
        line(PLOT.left, place - 4, PLOT.left + 30, place - 4, { color, width: 3 }),
        label(PLOT.left + 38, place, name),
      ];
    }),
  ];
  return svgDocument(WIDTH, legend + bands.length * LEGEND_ROW, title, parts);
}
