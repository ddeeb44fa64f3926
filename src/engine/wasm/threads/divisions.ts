// How kernel calls are divided over threads: each thread makes the same call for part of the rows (or columns).
//
// Every element of a result is worked out by one thread with the arithmetic of the whole call, so the bits are the same for any
// number of threads. Kernels that add up over rows (gradients of norms, biases and embeddings) are not divided, nor those that
// take no time.

import type { Kernels } from '../kernels.ts';

/** Arguments of a kernel call, in its order. All are integers: kernels that take fractions are not divided. */
export type Arguments = Int32Array;

/** The longest list of arguments. */
export const MAX_ARGUMENTS = 14;

export type Division = {
  kernel: keyof Kernels;
  /** Position of the argument that counts what is divided. */
  items: number;
  /** Parts begin at multiples of it. */
  grain: number;
  /** Positions of the pointers that differ from part to part, and how many elements they move per item. Null pointers stay. */
  moves: readonly (readonly [argument: number, elements: (a: Arguments) => number])[];
  /** Position of the scratch pointer, of which each thread has its own; -1 without one. */
  scratch: number;
  /** Roughly how many multiply-adds the whole call takes. */
  work: (a: Arguments) => number;
};

/** Multiply-adds that take as long as an exponential with what goes around it. */
const EXP = 8;

const one = () => 1;

/** c = a b by rows of a and c. */
export const GEMM_ROWS: Division = {
  kernel: 'gemm',
  items: 0,
  grain: 4,
  moves: [
    [3, (a) => a[4]],
    [8, (a) => a[9]],
    [11, (a) => a[9]],
  ],
  scratch: 13,
  work: (a) => a[0] * a[1] * a[2],
};

/** c = a b by columns of b and c. */
export const GEMM_COLUMNS: Division = {
  ...GEMM_ROWS,
  items: 1,
  grain: 8,
  moves: [
    [6, one],
    [8, one],
    [10, one],
    [11, one],
  ],
};

/** Rows from which a product is divided by rows. Each thread then packs all of b, which only many rows make up for. */
const MANY_ROWS = 256;

/** Which of the two divisions suits a product [m, k] x [k, n]. */
export function gemmByRows(m: number, n: number): boolean {
  return m >= MANY_ROWS || m >= n;
}

/** Position in this list is the number by which threads name a division to each other. */
export const DIVISIONS: readonly Division[] = [
  GEMM_ROWS,
  GEMM_COLUMNS,
  {
    kernel: 'transpose',
    items: 3,
    grain: 4,
    moves: [
      [0, one],
      [4, (a) => a[2]],
    ],
    scratch: -1,
    work: (a) => a[2] * a[3] * 4,
  },
  {
    kernel: 'rmsNorm',
    items: 4,
    grain: 1,
    moves: [
      [0, (a) => a[5]],
      [2, (a) => a[5]],
      [3, one],
    ],
    scratch: -1,
    work: (a) => a[4] * a[5] * 2,
  },
  {
    kernel: 'layerNorm',
    items: 5,
    grain: 1,
    moves: [
      [0, (a) => a[6]],
      [3, (a) => a[6]],
      [4, () => 2],
    ],
    scratch: -1,
    work: (a) => a[5] * a[6] * 3,
  },
  {
    kernel: 'rope',
    items: 4,
    grain: 1,
    moves: [
      [0, (a) => 3 * a[5]],
      [1, (a) => 3 * a[5]],
      [2, one],
    ],
    scratch: -1,
    work: (a) => a[4] * a[5] * 8,
  },
  {
    kernel: 'swiglu',
    items: 2,
    grain: 1,
    moves: [
      [0, (a) => 2 * a[3]],
      [1, (a) => a[3]],
    ],
    scratch: -1,
    work: (a) => a[2] * a[3] * EXP,
  },
  {
    kernel: 'swigluBackward',
    items: 3,
    grain: 1,
    moves: [
      [0, (a) => 2 * a[4]],
      [1, (a) => a[4]],
      [2, (a) => 2 * a[4]],
    ],
    scratch: -1,
    work: (a) => a[3] * a[4] * 2 * EXP,
  },
  {
    kernel: 'gelu',
    items: 2,
    grain: 64,
    moves: [
      [0, one],
      [1, one],
    ],
    scratch: -1,
    work: (a) => a[2] * EXP,
  },
  {
    kernel: 'geluBackward',
    items: 3,
    grain: 64,
    moves: [
      [0, one],
      [1, one],
      [2, one],
    ],
    scratch: -1,
    work: (a) => a[3] * 2 * EXP,
  },
  {
    kernel: 'addPosition',
    items: 4,
    grain: 1,
    moves: [
      [0, (a) => a[5]],
      [2, one],
      [3, (a) => a[5]],
    ],
    scratch: -1,
    work: (a) => a[4] * a[5],
  },
  {
    // By batch item; a[5] is the length of an item, a[7] the heads, a[8] the width.
    kernel: 'attention',
    items: 4,
    grain: 1,
    moves: [
      [0, (a) => 3 * a[5] * a[8]],
      [1, (a) => a[5] * a[8]],
      [2, (a) => a[7] * a[5] * a[5]],
      [3, one],
    ],
    scratch: 10,
    work: (a) => 2 * a[4] * a[5] * a[5] * a[8],
  },
  {
    // a[5] is the length of an item, a[7] the heads, a[8] the width.
    kernel: 'attentionBackward',
    items: 4,
    grain: 1,
    moves: [
      [0, (a) => 3 * a[5] * a[8]],
      [1, (a) => a[7] * a[5] * a[5]],
      [2, (a) => a[5] * a[8]],
      [3, (a) => 3 * a[5] * a[8]],
    ],
    scratch: 9,
    work: (a) => 4 * a[4] * a[5] * a[5] * a[8],
  },
  {
    // By row; a[8] is the width. How much of the cache a row reads is not known here: half of it is a fair guess.
    kernel: 'decodeAttention',
    items: 6,
    grain: 1,
    moves: [
      [0, (a) => 3 * a[8]],
      [1, (a) => a[8]],
      [3, one],
      [4, one],
      [5, one],
    ],
    scratch: 10,
    work: (a) => a[6] * a[8] * a[9],
  },
];
