// Every single value as a dot: a row per cell, and within it the same place and colour for the same seed, with the mean as a line.

import { extent, mean } from '../base/numbers.ts';
import { linearTicks } from '../base/ticks.ts';
import { COLORS, dot, FAINT, INK, label, line, padded, scaleOf, svgDocument, tickText } from './svg.ts';

export type StripFigure = {
  title: string;
  axis: string;
  /** `values` by seed, in the order of `seeds`; null where there is none. */
  rows: readonly { name: string; values: readonly (number | null)[] }[];
  seeds: readonly number[];
};

const WIDTH = 820;
const PLOT = { left: 250, right: 790, top: 60 };
const ROW_GAP = 16;
const SEED_STEP = 7;
const MOST_NAMED = 12;

/** Null where nothing was measured. */
export function stripFigure({ title, axis, rows, seeds }: StripFigure): string | null {
  const found = rows.flatMap(({ values }) => values.filter((value) => value !== null));
  if (found.length === 0) return null;
  const rowHeight = Math.max(2, seeds.length) * SEED_STEP + ROW_GAP;
  const bottom = PLOT.top + rows.length * rowHeight;
  const [low, high] = padded(extent(found));
  const x = scaleOf([low, high], [PLOT.left, PLOT.right]);
  // Once the colours are used up, hollow.
  const color = (at: number) => COLORS[at % COLORS.length] ?? INK;
  const seedDot = (px: number, py: number, at: number) =>
    dot(px, py, 4, color(at), { hollow: Math.floor(at / COLORS.length) % 2 === 1 });
  const parts = [label(16, 24, title, { size: 16, bold: true })];
  if (seeds.length <= MOST_NAMED) {
    parts.push(label(16, 44, 'seed'));
    seeds.forEach((seed, at) => {
      parts.push(seedDot(66 + at * 56, 40, at), label(74 + at * 56, 44, String(seed), { color: color(at) }));
    });
  }
  for (const tick of linearTicks(low, high)) {
    parts.push(line(x(tick), PLOT.top - 4, x(tick), bottom, { color: FAINT }));
    parts.push(label(x(tick), bottom + 16, tickText(tick), { anchor: 'middle' }));
  }
  parts.push(label((PLOT.left + PLOT.right) / 2, bottom + 36, axis, { anchor: 'middle' }));
  rows.forEach(({ name, values }, row) => {
    const top = PLOT.top + row * rowHeight;
    const there = values.filter((value) => value !== null);
    parts.push(label(PLOT.left - 12, top + rowHeight / 2, name, { anchor: 'end' }));
    if (there.length > 0) {
      const at = x(mean(there));
      parts.push(line(at, top, at, top + rowHeight - ROW_GAP + SEED_STEP, { width: 2 }));
    }
    values.forEach((value, at) => {
      if (value !== null) parts.push(seedDot(x(value), top + (at + 0.5) * SEED_STEP, at));
    });
  });
  return svgDocument(WIDTH, bottom + 48, title, parts);
}
