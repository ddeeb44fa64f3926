// Attention's rows cut into blocks: neighbouring rows of one segment that an invocation of a GPU kernel takes together.

import type { OperationOf } from '../../model/graph.ts';
import { SEGMENT_WORDS } from './packing.ts';
import type { PlanShape } from './planShape.ts';

/** Rows of a block. More rows load every key less often, but take more registers. */
export const BLOCK_ROWS = 4;
/** int32 words of a block: its segment, and which of the segment's own rows is its first. */
export const BLOCK_WORDS = 2;
/** int32 words of a span: the segment's first block, and the segment behind the last one whose rows see its keys. */
export const SPAN_WORDS = 2;

/** Most blocks that so many segments with so many rows between them can have. */
export function mostBlocks(rows: number, segments: number): number {
  return Math.floor((rows + (BLOCK_ROWS - 1) * segments) / BLOCK_ROWS);
}

/**
 * Writes the blocks [blocks, BLOCK_WORDS] of `count` segments, and their spans [count, SPAN_WORDS]; the items of a group stand directly
 * behind its prefix. Returns the number of blocks; allocates nothing.
 */
export function cutSegments(
  segments: Int32Array,
  count: number,
  spans: Int32Array,
  blocks: Int32Array,
): number {
  let block = 0;
  let prefix = -1;
  for (let s = 0; s < count; s++) {
    const contextRows = segments[s * SEGMENT_WORDS + 1];
    const own = segments[s * SEGMENT_WORDS + 3];
    if (contextRows === 0) prefix = s;
    spans[s * SPAN_WORDS] = block;
    spans[s * SPAN_WORDS + 1] = s + 1;
    spans[prefix * SPAN_WORDS + 1] = s + 1;
    for (let first = 0; first < own; first += BLOCK_ROWS, block++) {
      blocks[block * BLOCK_WORDS] = s;
      blocks[block * BLOCK_WORDS + 1] = first;
    }
  }
  return block;
}

/** Length of one statistic of an attention over `rows` rows: [heads, blocks, BLOCK_ROWS]. */
export function statisticsLength(
  { heads, mask }: OperationOf<'attention'>,
  { pictures, segments }: PlanShape,
  rows: number,
): number {
  return heads * mostBlocks(rows, mask === 'full' ? pictures : segments) * BLOCK_ROWS;
}
