// The forward pass of a batch: its tokens and pictures into the plan's inputs, then the plan's calls.

import type { ModelSpec } from '../../model/graph.ts';
import { checkRow, paddedLength, sequenceRow } from '../plan/lengths.ts';
import type { PlanKind } from '../plan/plan.ts';
import type { OutputRows, SequenceBatch } from '../types.ts';
import type { Bound, BoundPlans } from './boundPlans.ts';
import type { PlanViews } from './planViews.ts';

// Plain loops in this file: subarrays and iterators would be garbage in every step.

/**
 * Runs the forward pass; results stay in the arena until the next pass of any model of the engine.
 * @throws RangeError on rows outside the batch and on sequences that are too long.
 */
export function forwardPass(
  plans: BoundPlans,
  spec: ModelSpec,
  kind: PlanKind,
  batch: SequenceBatch,
  rows: OutputRows,
): Bound {
  const time = paddedLength(batch.time);
  const bound = plans.bind(kind, batch.batch, time, rows.length);
  writeSequences(bound.views, spec.imageTokens, time, batch);
  const { rowIndex } = bound.views;
  for (let r = 0; r < rows.length; r++) {
    checkRow(rows[r], batch);
    rowIndex[r] = sequenceRow(rows[r], batch.time, time, spec.imageTokens);
  }
  const { forward } = bound.program;
  for (let i = 0; i < forward.length; i++) forward[i]();
  return bound;
}

/** Tokens, positions, masks and patches. All of them each time: the arena belongs to the plan that ran last. */
function writeSequences(views: PlanViews, prefix: number, time: number, batch: SequenceBatch): void {
  const { tokens, positions, imagePositions, keyStart, imageKeyStart, patches } = views;
  const length = prefix + time;
  for (let b = 0; b < batch.batch; b++) {
    for (let t = 0; t < time; t++) {
      tokens[b * time + t] = t < batch.time ? batch.tokens[b * batch.time + t] : 0;
    }
    for (let p = 0; p < length; p++) positions[b * length + p] = p;
    for (let p = 0; p < prefix; p++) imagePositions[b * prefix + p] = p;
    keyStart[b] = batch.hasImage[b] ? 0 : prefix;
    imageKeyStart[b] = 0;
  }
  if (!patches) return;
  if (batch.patches) patches.set(batch.patches);
  else patches.fill(0);
}
