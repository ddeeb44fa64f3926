// Curves of several runs over each other: which points are shown, and on which axis.

import type { StoredCurve } from '../../../storage/curves.ts';
import type { ChartRows } from './chartRows.ts';

/** `run`: over the whole run, by step. Else the name of a stage: by the iteration inside it. */
export type Alignment = string;
export const WHOLE_RUN: Alignment = 'run';

/** Values of one run by their x on the chosen axis; what is no finite number is a gap. */
function alignedPoints(curve: StoredCurve, alignment: Alignment): Map<number, number | null> {
  const whole = alignment === WHOLE_RUN;
  const stage = curve.stages.indexOf(alignment);
  const points = new Map<number, number | null>();
  curve.values.forEach((value, index) => {
    if (!whole && curve.stageOf[index] !== stage) return;
    const x = (whole ? curve.steps : curve.iterations)[index] as number;
    points.set(x, Number.isFinite(value) ? value : null);
  });
  return points;
}

/** The curves on one axis: the sorted union of their x, and a column per curve with null where it has no point. */
export function overlaid(curves: readonly StoredCurve[], alignment: Alignment): ChartRows {
  const lines = curves.map((curve) => alignedPoints(curve, alignment));
  const x = [...new Set(lines.flatMap((line) => [...line.keys()]))].sort((a, b) => a - b);
  const columns = lines.map((line) => x.map((at) => line.get(at) ?? null));
  return { x, columns, references: [], spans: [] };
}

/** Stages in which at least one run has the metric, in the order of their first appearance. */
export function overlayStages(curves: readonly StoredCurve[]): string[] {
  return [...new Set(curves.flatMap(({ stages }) => stages))];
}
