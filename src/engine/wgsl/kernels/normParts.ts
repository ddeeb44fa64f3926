// Pieces of WGSL that the norm kernels are made of.

import { NORM_EPSILON } from '../../../terms/model.ts';
import { LANES } from './elementwiseRows.ts';

export type NormKind = 'rms' | 'layer';

/** `thread`: one invocation per row. `workgroup`: one workgroup per row, for real GPUs. */
export type NormVariant = 'thread' | 'workgroup';

export const EPSILON = String(NORM_EPSILON);

/** WGSL for the vector at `c` (an expression); `id` ends the names of its values. */
export type PerVector = (c: string, id: string) => string;

/** How a variant goes over a row of `vectors` vectors, and how it adds up what its invocations found. */
export type RowWalk = {
  /** Workgroups for so many rows. */
  groups(rows: number): number;
  /** WGSL: the row of (group, lane). */
  row(group: string): string;
  /** WGSL: the values of all vectors, where they are kept. */
  kept: string;
  /** WGSL: `body` for each of this invocation's vectors; the values have their names with `id`. */
  each(body: PerVector): string;
  /** WGSL: the sum over the row of this invocation's `value` (f32); `nth` tells the two sums of a kernel apart. */
  sum(value: string, nth: 0 | 1): string;
  /** WGSL: whether this invocation writes what there is one of per row. */
  first: string;
  /** WGSL at module scope. */
  helpers: string;
};

/**
 * Rows of up to so many vectors are read once and kept in named values: 1.4 to 2 times faster on llvmpipe. With 32 nothing is
 * gained there and the compiler takes seconds.
 */
const MOST_KEPT = 16;

// Each sum of a kernel has its own pool, for llvmpipe (Mesa 22.3) moves the last read behind later barriers, where a shared pool
// holds the next sum already: even workgroupUniformLoad does not stop it.
const TREE = `
var<workgroup> pool: array<f32, ${2 * LANES}>;
fn sumOverLanes(value: f32, start: u32, lane: u32) -> f32 {
  let own = start + lane;
  pool[own] = value;
  workgroupBarrier();
  for (var width = ${LANES / 2}u; width > 0u; width /= 2u) {
    if (lane < width) { pool[own] += pool[own + width]; }
    workgroupBarrier();
  }
  return pool[start];
}
`;

/** `values` defines what the bodies of `each` read of a vector, as `let`s whose names end in `id`. */
export function rowWalk(variant: NormVariant, vectors: number, values: PerVector): RowWalk {
  const loop = (start: string, step: string, body: PerVector) =>
    `for (var c = ${start}; c < ${vectors}u; c += ${step}) {\n    ${values('c', '')}\n    ${body('c', '')}\n  }`;
  const unrolled = (body: PerVector) =>
    Array.from({ length: vectors }, (_, i) => body(`${i}u`, `${i}`)).join('\n  ');
  if (variant === 'workgroup') {
    return {
      groups: (rows) => rows,
      row: (group) => group,
      kept: '',
      each: (body) => loop('lane', `${LANES}u`, body),
      sum: (value, nth) => `sumOverLanes(${value}, ${nth * LANES}u, lane)`,
      first: 'lane == 0u',
      helpers: TREE,
    };
  }
  const keeps = vectors <= MOST_KEPT;
  return {
    groups: (rows) => Math.ceil(rows / LANES),
    row: (group) => `(${group}) * ${LANES}u + lane`,
    kept: keeps ? unrolled(values) : '',
    each: (body) => (keeps ? unrolled(body) : loop('0u', '1u', body)),
    sum: (value) => value,
    first: 'true',
    helpers: '',
  };
}

/** WGSL: the sum of a vector's elements. */
export const total = (view: 'f32' | 'vec4<f32>', vector: string): string =>
  view === 'f32' ? vector : `dot(${vector}, vec4<f32>(1.0))`;
