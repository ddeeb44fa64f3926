// Pieces of WGSL that the attention kernels share: unrolled head vectors, access to the arena, blocks of rows, masks, RoPE.

import { BLOCK_ROWS, BLOCK_WORDS, SPAN_WORDS } from '../../plan/blocks.ts';
import { SEGMENT_WORDS } from '../../plan/packing.ts';
import type { ElementView } from '../kernel.ts';

export type AttentionSpec = {
  heads: number;
  /** Values per head, a multiple of 4 (of 8 with RoPE). */
  headSize: number;
};

type Head = { headSize: number };

export const WORKGROUP = 32;
export const LOG2_E = Math.LOG2E;

/** What stands for minus infinity in a score, and what a running maximum starts from: above it, so that hidden keys weigh nothing. */
export const HIDDEN = '-1e30';
export const LOWEST = '-1e29';

/** A line for each row of a block. */
export function eachRow(line: (r: number) => string): string {
  return Array.from({ length: BLOCK_ROWS }, (_, r) => line(r)).join('\n');
}

/** WGSL on a head's vectors, which lie in registers name_0, name_1, ... of four values; `at` is an element offset in the arena. */
export function headCode({ headSize }: Head) {
  const pieces = Array.from({ length: headSize / 4 }, (_, c) => c);
  /** One line of code for each register. */
  const each = (line: (c: number) => string) => pieces.map(line).join('\n');
  return {
    each,
    /** Scalar product of two head vectors. */
    product: (a: string, b: string) => pieces.map((c) => `dot(${a}_${c}, ${b}_${c})`).join(' + '),
    load: (name: string, at: string, keyword: 'let' | 'var' = 'let') =>
      each((c) => `${keyword} ${name}_${c} = load4(${at} + ${4 * c}u);`),
    store: (at: string, value: (c: number) => string) =>
      each((c) => `store4(${at} + ${4 * c}u, ${value(c)});`),
    zero: (name: string) => each((c) => `var ${name}_${c} = vec4<f32>();`),
  };
}

/**
 * load4 and store4 by element offset. A kernel that also stores single values sees the arena as f32: to write one component of a
 * vec4 in memory may write its neighbours too (WGSL, "Vector Access").
 */
export function arenaAccess(view: ElementView): string {
  if (view === 'vec4<f32>') {
    return `
fn load4(at: u32) -> vec4<f32> { return arena[at / 4u]; }
fn store4(at: u32, value: vec4<f32>) { arena[at / 4u] = value; }
`;
  }
  return `
fn load4(at: u32) -> vec4<f32> {
  return vec4<f32>(arena[at], arena[at + 1u], arena[at + 2u], arena[at + 3u]);
}
fn store4(at: u32, value: vec4<f32>) {
  arena[at] = value.x;
  arena[at + 1u] = value.y;
  arena[at + 2u] = value.z;
  arena[at + 3u] = value.w;
}
`;
}

/** Words of what kernels know of segments, blocks and spans (plan/packing.ts, plan/blocks.ts); `rows` counts the blocks. */
export const SEGMENT_FIELDS = ['segments', 'spans', 'blocks', 'rows'] as const;

/**
 * WGSL: a segment's words; the row of its key `j`, context first; and how many keys the row at place `place` among them sees: those up to
 * itself, and rows of a picture all of the picture.
 */
export const SEGMENT_CODE = `
struct Segment { context: u32, contextRows: u32, start: u32, own: u32, image: u32 }
fn segmentOf(index: u32) -> Segment {
  let at = op.segments + index * ${SEGMENT_WORDS}u;
  return Segment(inputs[at], inputs[at + 1u], inputs[at + 2u], inputs[at + 3u], inputs[at + 4u]);
}
fn keyRow(segment: Segment, j: u32) -> u32 {
  return j + select(segment.start - segment.contextRows, segment.context, j < segment.contextRows);
}
fn keysSeen(segment: Segment, place: u32) -> u32 {
  return select(place + 1u, segment.image, place < segment.image);
}
fn firstBlock(index: u32) -> u32 { return inputs[op.spans + index * ${SPAN_WORDS}u]; }
fn endOfReaders(index: u32) -> u32 { return inputs[op.spans + index * ${SPAN_WORDS}u + 1u]; }
`;

/** WGSL: `index` of the block's segment, `segment`, and its own rows `first` .. `last` that block `block` is made of. */
export const BLOCK_CODE = `
  let index = inputs[op.blocks + block * ${BLOCK_WORDS}u];
  let segment = segmentOf(index);
  let first = inputs[op.blocks + block * ${BLOCK_WORDS}u + 1u];
  let last = min(first + ${BLOCK_ROWS - 1}u, segment.own - 1u);
`;

/**
 * An invocation's `head` and block, and for each row of it the place among its segment's keys, place0, place1, ..., and the row itself,
 * row0, row1, ..., which repeat the last one where there are no more. `stats` is where four statistics of the block stand, from the
 * beginning of all: [heads, blocks, BLOCK_ROWS]. Neighbouring invocations take neighbouring blocks.
 */
export function blockOfHead({ heads }: AttentionSpec): string {
  return `
  let blocks = rowsInUse();
  let id = group * ${WORKGROUP}u + lane;
  if (id >= blocks * ${heads}u) { return; }
  let head = id / blocks;
  let block = id % blocks;
  let stats = id * ${BLOCK_ROWS}u;
  ${BLOCK_CODE}
  ${eachRow((r) => `let row${r} = segment.start + min(first + ${r}u, last);`)}
  ${eachRow((r) => `let place${r} = row${r} - segment.start + segment.contextRows;`)}
`;
}

/** name0, name1, ... of the rows of a block as one vector. */
export function rowVector(name: string): string {
  return `vec4<f32>(${[0, 1, 2, 3].map((r) => name + r).join(', ')})`;
}

/** Code that is run only for rows that exist. */
export function whereRow(r: number, code: string): string {
  return r === 0 ? code : `if (first + ${r}u <= last) {\n${code}\n}`;
}

/** Workgroups for one invocation per block and head. */
export function blockGroups({ heads }: AttentionSpec): (blocks: number) => number {
  return (blocks) => Math.ceil((blocks * heads) / WORKGROUP);
}

/**
 * Turns the pairs (a, b), variables of four values each, by the angles of `position`, or back; `piece` says which four of the first half of
 * a head a is. RoFormer (Su et al. 2021), eq. 34, with pairs (i, i + half). The table, seen as vec4, holds (cos, sin) of two pairs in each.
 */
export function turn(
  { headSize }: Head,
  a: string,
  b: string,
  position: string,
  piece: string,
  back = false,
): string {
  if (headSize % 8 !== 0) throw new RangeError(`RoPE needs heads of 8, 16, ... values, not ${headSize}`);
  return `
  {
    let angles = op.rope / 4u + ${position} * ${headSize / 4}u + 2u * ${piece};
    let even = rope[angles];
    let odd = rope[angles + 1u];
    let cos = vec4<f32>(even.xz, odd.xz);
    let sin = ${back ? '-' : ''}vec4<f32>(even.yw, odd.yw);
    let turned = ${a} * cos - ${b} * sin;
    ${b} = ${a} * sin + ${b} * cos;
    ${a} = turned;
  }`;
}

/** Rotates the head vector `name` (variables) by the angles of `position`. */
export function rotate(spec: Head, name: string, position: string): string {
  const half = spec.headSize / 8;
  return Array.from({ length: half }, (_, c) =>
    turn(spec, `${name}_${c}`, `${name}_${c + half}`, position, `${c}u`),
  ).join('\n');
}

export function specKey({ heads, headSize }: AttentionSpec): string {
  return `${heads}x${headSize}`;
}
