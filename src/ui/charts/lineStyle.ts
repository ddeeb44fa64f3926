// Colours and dashes of curves and reference lines: the same on the page and in a saved figure.

import type { ReferenceKind } from '../../terms/metrics/index.ts';
import type { ChartSpec } from '../state/charts/charts.ts';
import type { ReferenceLine } from '../state/charts/references.ts';

/** The page has the colours `--curve-1` to `--curve-5`. */
const COLORS = 5;
/** Dash pattern per line, beside its colour: told apart without colour too. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4]];
const REFERENCE_DASHES: { readonly [kind in ReferenceKind]: readonly number[] } = {
  chance: [1, 5],
  start: [4, 6],
  best: [12, 3, 3, 3],
};

/** Number of the colour of a curve, from 1. */
export function colorNumber(index: number): number {
  return (index % COLORS) + 1;
}

/** Colours of the page at an element, as CSS has them there. */
export function pageColors(element: Element) {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: color('--ink'),
    soft: color('--ink-soft'),
    line: color('--line'),
    paper: color('--card'),
    bad: color('--bad'),
    curve: (index: number): string => color(`--curve-${colorNumber(index)}`),
  };
}
export type PageColors = ReturnType<typeof pageColors>;

export type LineStyle = { label: string; color: string; dash: readonly number[] };

/** One per line of the chart; no two of the first 25 share both colour and dash. */
export function curveStyles({ lines }: ChartSpec, colors: PageColors): LineStyle[] {
  return lines.map(({ title }, index) => ({
    label: title,
    color: colors.curve(index),
    dash: DASHES[(index + Math.floor(index / COLORS)) % DASHES.length] as readonly number[],
  }));
}

/** In the colour of the line that it belongs to. */
export function referenceStyle({ kind, label, line }: ReferenceLine, colors: PageColors): LineStyle {
  return { label, color: line === null ? colors.soft : colors.curve(line), dash: REFERENCE_DASHES[kind] };
}
