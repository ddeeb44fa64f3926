// Means with their intervals as dots on a common axis: a row per thing measured, a colour per thing compared.

import { clamp, extent } from '../base/numbers.ts';
import { linearTicks } from '../base/ticks.ts';
import { COLORS, dot, FAINT, label, line, scaleOf, svgDocument } from './svg.ts';

/** A mean and its interval; without limits where one value cannot tell how much it varies. */
export type DotValue = {
  mean: number;
  low: number | null;
  high: number | null;
  /** What the mean is over, as small dots. */
  each?: readonly number[];
};

export type DotSeries = {
  name: string;
  /** One per row; null where it was not measured. */
  values: readonly (DotValue | null)[];
};

export type DotFigure = {
  title: string;
  axis: string;
  rows: readonly string[];
  series: readonly DotSeries[];
  /** Of differences: the axis holds 0 and every interval. */
  differences?: boolean;
};

const WIDTH = 820;
const PLOT = { left: 210, right: 640, top: 48 };
const STEP = 15;
const ROW_GAP = 12;
/** Names of rows that are longer move the plot to the right, so many pixels for each letter. */
const ROW_LETTERS = 32;
const LETTER = 6.6;

/** Null where nothing was measured. Shares of 0 to 100 have that axis; other numbers their own. */
export function dotFigure({ title, axis, rows, series, differences = false }: DotFigure): string | null {
  const found = series.flatMap(({ values }) => values.filter((value) => value !== null));
  if (found.length === 0) return null;
  const longest = extent(rows.map((row) => row.length))[1];
  const shift = LETTER * Math.max(0, longest - ROW_LETTERS);
  const [left, right] = [PLOT.left + shift, PLOT.right + shift];
  const rowHeight = series.length * STEP + ROW_GAP;
  const bottom = PLOT.top + rows.length * rowHeight;
  const means = found.map(({ mean }) => mean);
  const shares = !differences && means.every((mean) => mean >= 0 && mean <= 100) && extent(means)[1] > 2;
  const limits = found
    .flatMap(({ low, high, each = [] }) => [low, high, ...each])
    .filter((limit) => limit !== null);
  const [low, high] = shares ? [0, 100] : range(differences ? [...means, ...limits] : means);
  const scale = scaleOf([low, high], [left, right]);
  const x = (value: number) => scale(clamp(value, low, high));
  const parts = [label(16, 24, title, { size: 16, bold: true })];
  for (const tick of linearTicks(low, high)) {
    parts.push(line(x(tick), PLOT.top - 6, x(tick), bottom, { color: FAINT }));
    parts.push(label(x(tick), bottom + 16, String(tick), { anchor: 'middle' }));
  }
  parts.push(label((left + right) / 2, bottom + 36, axis, { anchor: 'middle' }));
  rows.forEach((row, r) => {
    const top = PLOT.top + r * rowHeight;
    parts.push(label(left - 12, top + (series.length * STEP) / 2 + 4, row, { anchor: 'end' }));
    series.forEach(({ name, values }, s) => {
      const value = values[r];
      if (!value) return;
      const [y, color] = [top + s * STEP + STEP / 2, COLORS[s % COLORS.length]];
      const reach = value.high === null ? value.mean : value.high;
      if (value.low !== null) parts.push(line(x(value.low), y, x(reach), y, { color, width: 2 }));
      for (const one of value.each ?? []) parts.push(dot(x(one), y, 2, color));
      parts.push(dot(x(value.mean), y, 4.5, color));
      // Named at the mark itself, in every row: no key to look up. A single series is named by the axis.
      parts.push(
        label(
          extent([reach, value.mean, ...(value.each ?? [])].map(x))[1] + 9,
          y + 4,
          series.length > 1 ? name : value.mean.toFixed(1),
          { color, size: 11 },
        ),
      );
    });
  });
  return svgDocument(WIDTH + shift, bottom + 48, title, parts);
}

function range(means: readonly number[]): [number, number] {
  const [low, high] = extent([0, ...means]);
  const pad = (high - low || 1) * 0.08;
  return [low < 0 ? low - pad : 0, high + pad];
}
