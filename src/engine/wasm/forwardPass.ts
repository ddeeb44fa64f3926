// The forward pass of a batch: its rows packed into the plan's inputs, then the plan's calls.

import type { PlanKind } from '../plan/planShape.ts';
import type { OutputRows, SequenceBatch } from '../types.ts';
import type { Bound, BoundPlans } from './boundPlans.ts';

/**
 * Runs the forward pass; results stay in the arena until the next pass of any model of the engine.
 * @throws RangeError on rows outside the batch and on sequences that are too long.
 */
export function forwardPass(
  plans: BoundPlans,
  kind: PlanKind,
  batch: SequenceBatch,
  rows: OutputRows,
): Bound {
  const { packing } = plans;
  packing.measure(batch);
  packing.counts.outputs = rows.length;
  const bound = plans.bind(kind, packing.counts);
  // All inputs each time: the arena belongs to the plan that ran last.
  packing.write(batch, bound.views.packed);
  packing.writeRows(batch, rows, bound.views.rowIndex);
  const { forward } = bound.program;
  for (let i = 0; i < forward.length; i++) forward[i]();
  return bound;
}
