// What a matrix product kernel computes, and the WGSL that both of its forms share.

import type { ModelBuffer } from '../kernel.ts';

/** A size: baked into the code, or a WGSL expression, so that one kernel serves several sizes. */
export type Size = number | string;

/** A row-major matrix: its first element (WGSL, in elements), its row width, and whether the buffer is seen as vec4. */
export type Matrix = { buffer: ModelBuffer; at: string; width: Size; quads: boolean };

/**
 * A factor of a product. The `edge` is the dimension that it shares with the result, the `depth` the one that is summed
 * over; `contiguous` says which of them runs along its rows.
 */
export type Factor = Matrix & { contiguous: 'depth' | 'edge' };

/** result[rows, cols] = left[rows, depth] right[depth, cols]. */
export type Product = {
  /** Name of the WGSL function. */
  name: string;
  left: Factor;
  right: Factor;
  rows: Size;
  cols: Size;
  /** Length of the sum, or null where it runs from `begin` to `end`, arguments of the function. */
  depth: Size | null;
  result: Matrix;
  bias?: Matrix | null;
  residual?: Matrix | null;
  /** Adds to what is there. */
  accumulate?: boolean;
};

/**
 * `code` defines `fn NAME(group: u32, lane: u32, rows: u32)`, for a sum over a range `fn NAME(group, lane, begin, end, base)`, where
 * `base` is added to the place of the result.
 */
export type ProductKernel = {
  code: string;
  /** Workgroups for a result of this size. */
  groups(rows: number, cols: number): number;
};

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
export const vector = (width: number): string => (width === 1 ? 'f32' : `vec${width}<f32>`);
export const component = (value: string, i: number, width: number): string =>
  width === 1 ? value : `${value}.${'xyzw'[i]}`;

/** Swizzle for the first `width` elements of a vec4. */
export const firstOf = (width: number): string => (width === 4 ? '' : `.${'xyzw'.slice(0, width)}`);

/** Elements per index of the buffer. */
export const unit = (matrix: Matrix): number => (matrix.quads ? 4 : 1);

/** As WGSL. */
export const text = (size: Size): string => (typeof size === 'number' ? `${size}u` : size);

/** Distance between rows, in indices of the buffer. */
export const stride = (matrix: Matrix): string =>
  matrix.quads ? `(${text(matrix.width)} >> 2u)` : text(matrix.width);

/** Neighbours along a row that are loaded and stored together; sizes that are not baked are multiples of 4. */
export const pieceWidth = (size: Size): number => (typeof size === 'number' ? Math.min(4, size) : 4);

/** An offset in elements as an index of the buffer. */
export const indexOf = (matrix: Matrix, elements: string): string =>
  matrix.quads ? `((${elements}) >> 2u)` : `(${elements})`;

/** `width` neighbouring elements from an index of the buffer on. */
export function load(matrix: Matrix, index: string, width: number): string {
  const first = `${matrix.buffer}[${index}]`;
  if (matrix.quads) return first + firstOf(width);
  if (width === 1) return first;
  const parts = range(width).map((i) => `${matrix.buffer}[${index} + ${i}u]`);
  return `${vector(width)}(${parts.join(', ')})`;
}

/** How a variant cuts results into workgroups. */
export type MatmulForm = {
  /** Part of the kernel's key. */
  label: string;
  workgroupSize: number;
  /** WGSL that the products of a kernel share. */
  declarations: string;
  make(product: Product): ProductKernel;
};

export function parameters(product: Product): string {
  return product.depth === null
    ? 'group: u32, lane: u32, begin: u32, end: u32, base: u32'
    : 'group: u32, lane: u32, rows: u32';
}

/** Statements that store `sum` from index `at` on; `guard` is the WGSL before the store of element i. */
export function storeSum(result: Matrix, at: string, width: number, guard: (i: number) => string): string[] {
  if (result.quads) return [`${result.buffer}[${at}] = sum;`];
  return range(width).map(
    (i) => `${guard(i)}{ ${result.buffer}[${at} + ${i}u] = ${component('sum', i, width)}; }`,
  );
}

/** Statements that write `value`, the piece of the result at `row`, `col`, with all that is added to it. */
export function storePiece(
  product: Product,
  row: string,
  col: string,
  value: string,
  mayCross: boolean,
): string {
  const { result, bias, residual, accumulate, cols, depth } = product;
  const width = pieceWidth(cols);
  const place = (matrix: Matrix, offset = '') =>
    indexOf(matrix, `${matrix.at}${offset} + ${row} * ${text(matrix.width)} + ${col}`);
  const terms = [value];
  if (bias) terms.push(load(bias, indexOf(bias, `${bias.at} + ${col}`), width));
  if (residual) terms.push(load(residual, place(residual), width));
  const at = place(result, depth === null ? ' + base' : '');
  if (accumulate) terms.push(load(result, 'at', width));
  const guard = (i: number) => (mayCross && i > 0 ? `if (${col} + ${i}u < ${text(cols)}) ` : '');
  const stores = storeSum(result, 'at', width, guard);
  const body = [`let at = ${at};`, `let sum = ${terms.join(' + ')};`, ...stores].join('\n');
  return mayCross ? `if (${col} < ${text(cols)}) {\n${body}\n}` : `{\n${body}\n}`;
}
