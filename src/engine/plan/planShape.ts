// The room of a plan: how many rows of each kind it has, and what sizes follow from them.

import type { Graph, OperationOf, TensorId } from '../../model/graph.ts';
import { imageTokensOf } from '../../terms/model.ts';

/** `inference`: forward. `prefill`: forward, keys and values are taken out as they appear. `training`: forward and backward. */
export type PlanKind = 'inference' | 'prefill' | 'training';

const SHAPE_COUNTS = ['pictures', 'texts', 'sequences', 'segments', 'keys', 'outputs'] as const;
type ShapeCount = (typeof SHAPE_COUNTS)[number];

/** Room for a batch: its packed counts, and the output rows. */
export type PlanShape = { [count in ShapeCount]: number };

/** Of one step of decoding: a token row, a segment and an output row for each sample. */
export function decodeCounts(samples: number): PlanShape {
  const rows = { texts: samples, sequences: samples, segments: samples, outputs: samples };
  return { pictures: 0, keys: 0, ...rows };
}

/** A count rounded up by at most an eighth, so that few plans serve all batches. */
export function roomFor(needed: number): number {
  // An eighth of the power of two below.
  const grain = Math.max(8, 2 ** (28 - Math.clz32(needed)));
  return Math.ceil(needed / grain) * grain;
}

/** The least room that holds `counts` and what was there. */
export function roomyShape(counts: PlanShape, before: PlanShape | null = null): PlanShape {
  const room = (name: ShapeCount) => Math.max(before?.[name] ?? 0, roomFor(counts[name]));
  return Object.fromEntries(SHAPE_COUNTS.map((name) => [name, room(name)])) as PlanShape;
}

/** Whether a plan of this room serves a batch. */
export function hasRoom(room: PlanShape, counts: PlanShape): boolean {
  for (let i = 0; i < SHAPE_COUNTS.length; i++) {
    if (counts[SHAPE_COUNTS[i]] > room[SHAPE_COUNTS[i]]) return false;
  }
  return true;
}

/** Sets the counts in use. */
export function setCounts(active: PlanShape, counts: PlanShape): void {
  for (let i = 0; i < SHAPE_COUNTS.length; i++) active[SHAPE_COUNTS[i]] = counts[SHAPE_COUNTS[i]];
}

/** Rows of a tensor in this shape. */
export function rowCount(
  graph: Graph,
  tensor: TensorId,
  shape: Omit<PlanShape, 'segments' | 'keys'>,
): number {
  const { unit, multiplier } = graph.tensors[tensor];
  const perUnit = {
    image: shape.pictures * imageTokensOf(graph.config),
    text: shape.texts,
    sequence: shape.sequences,
    output: shape.outputs,
  };
  return perUnit[unit] * multiplier;
}

/** Keys that a row of an attention may see at most, rounded up to whole vectors: the row length of its probabilities. */
export function keyStride(graph: Graph, { mask }: OperationOf<'attention'>, keys: number): number {
  return Math.ceil((mask === 'full' ? imageTokensOf(graph.config) : keys) / 4) * 4;
}
