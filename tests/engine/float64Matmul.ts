// Float64 references of linear layers, forward and backward.

import { matmul, transposed as transpose } from './float64.ts';

export type LinearSizes = { rows: number; inCols: number; outCols: number; transposed: boolean };

/** W as [inCols, outCols]. */
function plain(w: ArrayLike<number>, { inCols, outCols, transposed }: LinearSizes): ArrayLike<number> {
  return transposed ? transpose(w, outCols, inCols) : w;
}

/** x W (+ bias) (+ residual): [rows, outCols]. */
export function linearRows(
  parts: {
    x: ArrayLike<number>;
    w: ArrayLike<number>;
    bias: ArrayLike<number> | null;
    residual: ArrayLike<number> | null;
  },
  sizes: LinearSizes,
): Float64Array {
  const { rows, inCols, outCols } = sizes;
  return matmul(parts.x, plain(parts.w, sizes), rows, outCols, inCols).map(
    (value, i) => value + (parts.bias?.[i % outCols] ?? 0) + (parts.residual?.[i] ?? 0),
  );
}

/** dX [rows, inCols], dWeight in the layout of W, dBias [outCols]. */
export function linearGradients(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  dOut: ArrayLike<number>,
  sizes: LinearSizes,
): { dX: Float64Array; dWeight: Float64Array; dBias: Float64Array } {
  const { rows, inCols, outCols, transposed } = sizes;
  const dX = matmul(dOut, transpose(plain(w, sizes), inCols, outCols), rows, inCols, outCols);
  const dW = matmul(transpose(x, rows, inCols), dOut, inCols, outCols, rows);
  const dBias = new Float64Array(outCols);
  for (let i = 0; i < rows * outCols; i++) dBias[i % outCols] += dOut[i];
  return { dX, dWeight: transposed ? transpose(dW, inCols, outCols) : dW, dBias };
}
