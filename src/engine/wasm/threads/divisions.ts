// How kernel calls are divided over threads: each thread makes the same call for part of the rows (or columns).
//
// Every element of a result is worked out by one thread with the arithmetic of the whole call, so the bits are the same for any
// number of threads. Kernels that add up over rows (gradients of norms, biases and embeddings) are not divided, nor those that
// take no time.

import { SEGMENT_WORDS } from '../../plan/packing.ts';
import { KERNEL_ARGUMENTS, type KernelName } from '../kernels.ts';

/** Arguments of a kernel call, in its order. All are integers: kernels that take fractions are not divided. */
export type Arguments = Int32Array;

/** The longest list of arguments. */
export const MAX_ARGUMENTS = 14;

export type Division = {
  kernel: KernelName;
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

/** Makes a division from names of arguments; how far pointers move and `work` are products such as '3 time width'. */
function division(
  kernel: KernelName,
  items: string,
  moves: { readonly [pointer: string]: string },
  work: string,
  grain = 1,
): Division {
  const names = KERNEL_ARGUMENTS[kernel].split(' ');
  const place = (name: string) => {
    const found = names.indexOf(name);
    if (found < 0) throw new Error(`the kernel ${kernel} has no argument ${name}`);
    return found;
  };
  const product = (text: string) => {
    const [factor, ...words] = text.split(' ');
    const places = words.map(place);
    return (a: Arguments) => {
      let result = Number(factor);
      for (let i = 0; i < places.length; i++) result *= a[places[i]];
      return result;
    };
  };
  return {
    kernel,
    items: place(items),
    grain,
    moves: Object.entries(moves).map(([pointer, elements]) => [place(pointer), product(elements)]),
    scratch: names.indexOf('scratch'),
    work: product(work),
  };
}

/** c = a b by rows of a and c. */
export const GEMM_ROWS = division('gemm', 'm', { a: '1 aRow', c: '1 ldc', residual: '1 ldc' }, '1 m n k', 4);

/** c = a b by columns of b and c. */
export const GEMM_COLUMNS = division('gemm', 'n', { b: '1', c: '1', bias: '1', residual: '1' }, '1 m n k', 8);

/** The same for a packed weight, whose columns stand in panels of 8. */
export const PACKED_ROWS = division(
  'gemmPacked',
  'm',
  { a: '1 k', c: '1 ldc', residual: '1 ldc' },
  '1 m n k',
  4,
);
export const PACKED_COLUMNS = division(
  'gemmPacked',
  'n',
  { packed: '1 k', c: '1', bias: '1', residual: '1' },
  '1 m n k',
  8,
);

/** Rows from which a product is divided by rows. Each thread then packs all of b, which only many rows make up for. */
const MANY_ROWS = 256;

/** Which of the two divisions suits a product [m, k] x [k, n]. */
export function gemmByRows(m: number, n: number): boolean {
  return m >= MANY_ROWS || m >= n;
}

/** Rows from which a product with a packed weight is divided by rows: enough for a few tiles a part. */
export const FEW_ROWS = 64;

/**
 * Position in this list is the number by which threads name a division to each other. An exponential with what goes around it
 * counts as 8 multiply-adds.
 */
export const DIVISIONS: readonly Division[] = [
  GEMM_ROWS,
  GEMM_COLUMNS,
  PACKED_ROWS,
  PACKED_COLUMNS,
  division('transpose', 'cols', { x: '1', out: '1 ldOut' }, '4 rows cols', 4),
  division('norm', 'rows', { x: '1 cols', out: '1 cols', stats: '2' }, '3 rows cols'),
  division('rope', 'rows', { x: '3 width', out: '3 width', positions: '1' }, '8 rows width'),
  division('swiglu', 'rows', { x: '2 hidden', out: '1 hidden' }, '8 rows hidden'),
  division('swigluBackward', 'rows', { x: '2 hidden', dOut: '1 hidden', dX: '2 hidden' }, '16 rows hidden'),
  division('gelu', 'n', { x: '1', out: '1' }, '8 n', 64),
  division('geluBackward', 'n', { x: '1', dOut: '1', dX: '1' }, '16 n', 64),
  division('addPosition', 'rows', { x: '1 cols', positions: '1', out: '1 cols' }, '1 rows cols'),
  // By heads: the responses of a group add to the gradient of its prefix, each head to its own columns.
  division(
    'attention',
    'heads',
    { qkv: '1 size', out: '1 size', probs: '1 rows stride' },
    '1 rows width stride',
  ),
  division(
    'attentionBackward',
    'heads',
    { qkv: '1 size', probs: '1 rows stride', dOut: '1 size', dQkv: '1 size' },
    '2 rows width stride',
  ),
  // How many keys a row has is not known here: 50 is a fair guess.
  division(
    'decodeAttention',
    'rows',
    { qkv: '3 width', out: '1 width', segments: `${SEGMENT_WORDS}` },
    '100 rows width',
  ),
  division(
    'sampleRows',
    'rows',
    { logits: '1 vocabulary', uniforms: '1', tokens: '1', logProbs: '1' },
    '8 rows vocabulary',
  ),
];
