// Plain float64 references of the row kernels: norm and activation gradients, rotations, sums by index.

/** Backward pass of float64.ts's normRows; `layer` is LayerNorm. Gradients of gain and bias are summed over all rows of x. */
export function normRowsBackward(
  x: ArrayLike<number>,
  gain: ArrayLike<number>,
  dOut: ArrayLike<number>,
  layer: boolean,
) {
  const cols = gain.length;
  const dX = new Float64Array(x.length);
  const dGain = new Float64Array(cols);
  const dBias = new Float64Array(cols);
  for (let start = 0; start < x.length; start += cols) {
    const row = Array.from({ length: cols }, (_, c) => x[start + c]);
    const mean = layer ? row.reduce((sum, value) => sum + value, 0) / cols : 0;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cols;
    const scale = 1 / Math.sqrt(variance + 1e-5);
    const normed = row.map((value) => (value - mean) * scale);
    const dNormed = row.map((_, c) => dOut[start + c] * gain[c]);
    const meanDot = dNormed.reduce((sum, d, c) => sum + d * normed[c], 0) / cols;
    const meanSum = layer ? dNormed.reduce((sum, d) => sum + d, 0) / cols : 0;
    for (let c = 0; c < cols; c++) {
      dX[start + c] = (dNormed[c] - meanSum - normed[c] * meanDot) * scale;
      dGain[c] += dOut[start + c] * normed[c];
      dBias[c] += dOut[start + c];
    }
  }
  return { dX, dGain, dBias };
}

/** Backward pass of float64.ts's swiglu. */
export function swigluBackward(x: ArrayLike<number>, dOut: ArrayLike<number>, hidden: number): Float64Array {
  const dX = new Float64Array(x.length);
  for (let i = 0; i < dOut.length; i++) {
    const at = Math.floor(i / hidden) * 2 * hidden + (i % hidden);
    const gate = x[at];
    const s = 1 / (1 + Math.exp(-gate));
    dX[at] = dOut[i] * x[at + hidden] * (s + gate * s * (1 - s));
    dX[at + hidden] = dOut[i] * gate * s;
  }
  return dX;
}

/** Backward pass of float64.ts's gelu, from the derivative of the published formula. */
export function geluBackward(x: ArrayLike<number>, dOut: ArrayLike<number>): Float64Array {
  const root = Math.sqrt(2 / Math.PI);
  return Float64Array.from(x, (v, i) => {
    const t = Math.tanh(root * (v + 0.044715 * v ** 3));
    return dOut[i] * (0.5 * (1 + t) + 0.5 * v * (1 - t * t) * root * (1 + 3 * 0.044715 * v * v));
  });
}

/** RoPE on the query and key thirds of [rows, 3 heads headSize]: pairs are complex numbers, turned by `angle(position, pair)`. */
export function rope(
  x: ArrayLike<number>,
  heads: number,
  headSize: number,
  time: number,
  angle: (position: number, pair: number) => number,
): Float64Array {
  const out = Float64Array.from(x);
  const half = headSize / 2;
  const width = heads * headSize;
  for (let row = 0; row * 3 * width < x.length; row++) {
    for (let head = 0; head < 2 * heads; head++) {
      for (let pair = 0; pair < half; pair++) {
        const at = row * 3 * width + head * headSize + pair;
        const turn = angle(row % time, pair);
        out[at] = x[at] * Math.cos(turn) - x[at + half] * Math.sin(turn);
        out[at + half] = x[at] * Math.sin(turn) + x[at + half] * Math.cos(turn);
      }
    }
  }
  return out;
}

/** table[index[row]]. */
export function gather(table: ArrayLike<number>, index: ArrayLike<number>, cols: number): Float64Array {
  return Float64Array.from(
    { length: index.length * cols },
    (_, i) => table[index[Math.floor(i / cols)] * cols + (i % cols)],
  );
}

/** out[index[row]] += x[row] over `rows` rows of zeros. */
export function scatter(
  x: ArrayLike<number>,
  index: ArrayLike<number>,
  rows: number,
  cols: number,
): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < index.length * cols; i++) out[index[Math.floor(i / cols)] * cols + (i % cols)] += x[i];
  return out;
}
