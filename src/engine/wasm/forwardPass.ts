// The forward pass of a batch: its tokens and pictures into the plan's inputs, then the plan's calls.

import type { ModelSpec } from '../../model/graph.ts';
import { MAX_TEXT } from '../../terms/model.ts';
import type { PlanKind } from '../plan/plan.ts';
import type { OutputRows, SequenceBatch } from '../types.ts';
import type { Bound, BoundPlans } from './boundPlans.ts';
import type { PlanViews } from './planViews.ts';

/** The position tables end there. */
export function checkLength(time: number): void {
  if (time > MAX_TEXT) throw new RangeError(`a sequence of ${time} text tokens is longer than ${MAX_TEXT}`);
}

/** Text lengths are rounded up so that a few plans serve all batches. */
export function bucket(time: number): number {
  return Math.ceil(time / 8) * 8;
}

/** Row of the joined sequence for a flat text row b * from + t, in a plan of text length `to`. */
export function sequenceRow(row: number, from: number, to: number, prefix: number): number {
  const t = row % from;
  return ((row - t) / from) * (prefix + to) + prefix + t;
}

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
  const time = bucket(batch.time);
  checkLength(time);
  const bound = plans.bind(kind, batch.batch, time, rows.length);
  writeSequences(bound.views, spec.imageTokens, time, batch);
  writeRows(bound.views, spec.imageTokens, time, batch, rows);
  const { forward } = bound.program;
  for (let i = 0; i < forward.length; i++) forward[i]();
  return bound;
}

// Plain loops from here on: subarrays and iterators would be garbage in every step.

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

function writeRows(
  views: PlanViews,
  prefix: number,
  time: number,
  batch: SequenceBatch,
  rows: OutputRows,
): void {
  const { rowIndex } = views;
  const end = batch.batch * batch.time;
  for (let r = 0; r < rows.length; r++) {
    if (rows[r] < 0 || rows[r] >= end) throw new RangeError(`output row ${rows[r]} is outside the batch`);
    rowIndex[r] = sequenceRow(rows[r], batch.time, time, prefix);
  }
}
