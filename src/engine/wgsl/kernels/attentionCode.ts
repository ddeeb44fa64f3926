// Pieces of WGSL that the attention kernels share: unrolled head vectors, access to the arena, masks, RoPE.

import type { ElementView } from '../kernel.ts';

export type AttentionSpec = {
  heads: number;
  /** Values per head, a multiple of 4 (of 8 with RoPE). */
  headSize: number;
  causal: boolean;
  /**
   * Rows per invocation in the passes over whole sequences. More rows load every key less often, which decides on software adapters (a load costs
   * there as much as a hundred multiplications), but take more registers. Default 4.
   */
  rows?: 1 | 2 | 4 | 8;
};

type Head = { headSize: number };

export const DEFAULT_ROWS = 4;
export const WORKGROUP = 32;
export const LOG2_E = Math.LOG2E;

/** What stands for minus infinity in a score, and what a running maximum starts from: above it, so that hidden keys weigh nothing. */
export const HIDDEN = '-1e30';
export const LOWEST = '-1e29';

export function repeat(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
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

/** Whether the statistics of an invocation's rows are whole vec4s of [.., time], so that the arena can be seen as vec4. */
export function wholeStats({ rows = DEFAULT_ROWS }: AttentionSpec, time: number): boolean {
  return rows % 4 === 0 && time % 4 === 0;
}

/** Stores name0, name1, ... of the rows of an invocation at `at`, the element offset of the first. */
export function storeStats(
  { rows = DEFAULT_ROWS }: AttentionSpec,
  whole: boolean,
  at: string,
  name: string,
): string {
  if (!whole) return repeat(rows, (r) => whereRow(r, `arena[${at} + ${r}u] = ${name}${r};`));
  return repeat(rows / 4, (quad) => {
    const four = [0, 1, 2, 3].map((r) => `${name}${4 * quad + r}`).join(', ');
    return whereRow(4 * quad, `arena[(${at}) / 4u + ${quad}u] = vec4<f32>(${four});`);
  });
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

/** keysOf: first key that a row sees, and how many; rows below `start` see themselves alone. Needs op.time and op.prefix. */
export function keysOf({ causal }: AttentionSpec): string {
  const end = causal ? 'select(row + 1u, op.prefix, row < op.prefix)' : 'op.time';
  return `
fn keysOf(row: u32, start: u32) -> vec2<u32> {
  if (row < start) { return vec2<u32>(row, 1u); }
  return vec2<u32>(start, ${end} - start);
}
`;
}

/** queriesOf: first query row that sees a key, and how many. The transpose of keysOf. */
export function queriesOf({ causal }: AttentionSpec): string {
  const from = causal ? 'select(key, start, key < op.prefix)' : 'start';
  return `
fn queriesOf(key: u32, start: u32) -> vec2<u32> {
  if (key < start) { return vec2<u32>(key, 1u); }
  let low = ${from};
  return vec2<u32>(low, op.time - low);
}
`;
}

/**
 * An invocation's `item`, `head`, rows `first` .. `last`, and `start` (first visible key). row0, row1, ... repeat the last row where there
 * are no more. Neighbouring invocations take neighbouring rows of one head.
 */
export function rowsOf({ heads, rows = DEFAULT_ROWS }: AttentionSpec): string {
  return `
  let blocks = (op.time + ${rows - 1}u) / ${rows}u;
  let id = group * ${WORKGROUP}u + lane;
  let item = id / (blocks * ${heads}u);
  if (item >= op.batch) { return; }
  let head = id / blocks % ${heads}u;
  let first = id % blocks * ${rows}u;
  let last = min(first + ${rows - 1}u, op.time - 1u);
  let start = inputs[op.keyStart + item];
  ${repeat(rows, (r) => `let row${r} = min(first + ${r}u, last);`)}
`;
}

/** Code that is run only for rows that exist. */
export function whereRow(r: number, code: string): string {
  return r === 0 ? code : `if (first + ${r}u <= last) {\n${code}\n}`;
}

/** Range [low, high) of keys that the rows of an invocation see between them. */
export function keysOfRows({ causal }: AttentionSpec): string {
  return `
  let low = min(first, start);
  let high = ${causal ? 'max(last + 1u, select(0u, op.prefix, first < op.prefix))' : 'op.time'};
`;
}

export function rowGroups(spec: AttentionSpec, { batch, time }: { batch: number; time: number }): number {
  return Math.ceil((batch * spec.heads * Math.ceil(time / (spec.rows ?? DEFAULT_ROWS))) / WORKGROUP);
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
  return repeat(half, (c) => turn(spec, `${name}_${c}`, `${name}_${c + half}`, position, `${c}u`));
}

export function specKey({ heads, headSize, causal, rows = DEFAULT_ROWS }: AttentionSpec): string {
  return `${heads}x${headSize}${causal ? ' causal' : ''} rows ${rows}`;
}
