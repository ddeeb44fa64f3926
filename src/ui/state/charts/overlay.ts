// Curves of several runs over each other: which points are shown, and on which axis.

import type { StoredCurve } from '../../../storage/curves.ts';

/** `run`: over the whole run, by step. Else the name of a stage: by the iteration inside it. */
export type Alignment = string;
export const WHOLE_RUN: Alignment = 'run';

export type OverlayPoints = { x: readonly number[]; y: readonly (number | null)[] };

/** Points of one run on the chosen axis; what is no finite number is a gap. */
export function alignedPoints(curve: StoredCurve, alignment: Alignment): OverlayPoints {
  const x: number[] = [];
  const y: (number | null)[] = [];
  const stage = curve.stages.indexOf(alignment);
  curve.steps.forEach((step, index) => {
    if (alignment !== WHOLE_RUN && curve.stageOf[index] !== stage) return;
    const value = curve.values[index] as number;
    x.push(alignment === WHOLE_RUN ? step : (curve.iterations[index] as number));
    y.push(Number.isFinite(value) ? value : null);
  });
  return { x, y };
}

/** All lines on one axis: the sorted union of their x, and a column per line with null where it has no point. */
export function joinPoints(lines: readonly OverlayPoints[]): { x: number[]; columns: (number | null)[][] } {
  const x = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  const place = new Map(x.map((value, index) => [value, index]));
  const columns = lines.map((line) => {
    const column = new Array<number | null>(x.length).fill(null);
    line.x.forEach((value, index) => {
      column[place.get(value) as number] = line.y[index] ?? null;
    });
    return column;
  });
  return { x, columns };
}

/** Stages in which at least one run has the metric, in the order of their first appearance. */
export function overlayStages(curves: readonly StoredCurve[]): string[] {
  return [...new Set(curves.flatMap(({ stages }) => stages))];
}

/** At most `limit` rows of a table of `length`, evenly, with the first and the last. */
export function sampledRows(length: number, limit: number): number[] {
  if (length <= limit) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: limit }, (_, index) => Math.round((index * (length - 1)) / (limit - 1)));
}
