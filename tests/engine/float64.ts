// Plain float64 references of the kernels: loops that follow the formulas, with no thought of speed.

/** c = a b (+ bias) (+ residual) for row-major a [m, k], b [k, n]. */
export function matmul(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  n: number,
  k: number,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j];
    }
  }
  return c;
}

export function transposed(x: ArrayLike<number>, rows: number, cols: number): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, i) => x[(i % rows) * cols + Math.floor(i / rows)]);
}

/** RMSNorm and LayerNorm of one row after the other, epsilon 1e-5; without a bias it is RMSNorm. */
export function normRows(
  x: ArrayLike<number>,
  gain: ArrayLike<number>,
  bias: ArrayLike<number> | null,
  cols: number,
): Float64Array {
  const out = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += cols) {
    let mean = 0;
    if (bias) for (let c = 0; c < cols; c++) mean += x[start + c] / cols;
    let variance = 0;
    for (let c = 0; c < cols; c++) variance += (x[start + c] - mean) ** 2 / cols;
    const scale = 1 / Math.sqrt(variance + 1e-5);
    for (let c = 0; c < cols; c++)
      out[start + c] = (x[start + c] - mean) * scale * gain[c] + (bias ? bias[c] : 0);
  }
  return out;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** [rows, 2 hidden] to [rows, hidden]. */
export function swiglu(x: ArrayLike<number>, hidden: number): Float64Array {
  return Float64Array.from({ length: x.length / 2 }, (_, i) => {
    const row = Math.floor(i / hidden) * 2 * hidden;
    const gate = x[row + (i % hidden)];
    return gate * sigmoid(gate) * x[row + hidden + (i % hidden)];
  });
}

/** The tanh form, as published. */
export function gelu(x: ArrayLike<number>): Float64Array {
  return Float64Array.from(
    x,
    (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))),
  );
}

/** A run of rows of a packed batch: see src/engine/plan/packing.ts. */
export type Segment = { context: number; contextRows: number; start: number; own: number; image: number };

/** The words of segments in their order. */
export function segmentWords(segments: readonly Segment[]): number[] {
  return segments.flatMap((s) => [s.context, s.contextRows, s.start, s.own, s.image]);
}

/** Rows of the keys of a segment, hidden ones too: its context, then its own. */
export function segmentKeys({ context, contextRows, start, own }: Segment): number[] {
  return Array.from({ length: contextRows + own }, (_, j) =>
    j < contextRows ? context + j : start + j - contextRows,
  );
}

/** How many of its keys own row i of a segment sees. */
export function keysSeen({ contextRows, image }: Segment, i: number): number {
  return contextRows + i < image ? image : contextRows + i + 1;
}

export type HeadOf = { h: number; heads: number; width: number };

/** Scaled scores of own row i of a segment with the keys that it sees. */
export function segmentScores(
  qkv: ArrayLike<number>,
  segment: Segment,
  i: number,
  { h, heads, width }: HeadOf,
): number[] {
  const size = width / heads;
  const at = (row: number, part: number, c: number) => qkv[(row * 3 + part) * width + h * size + c];
  return segmentKeys(segment)
    .slice(0, keysSeen(segment, i))
    .map((key) => {
      let dot = 0;
      for (let c = 0; c < size; c++) dot += at(segment.start + i, 0, c) * at(key, 1, c);
      return dot / Math.sqrt(size);
    });
}

/** Probabilities of own row i of a segment over the keys that it sees. */
export function segmentWeights(qkv: ArrayLike<number>, segment: Segment, i: number, head: HeadOf): number[] {
  const scores = segmentScores(qkv, segment, i, head);
  const top = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Attention over the segments of a packed batch, [rows, 3 width] to [rows, width]. */
export function segmentAttention(
  qkv: ArrayLike<number>,
  segments: readonly Segment[],
  heads: number,
  width: number,
): Float64Array {
  const size = width / heads;
  const out = new Float64Array(qkv.length / 3);
  for (const segment of segments) {
    const keys = segmentKeys(segment);
    for (let i = 0; i < segment.own; i++) {
      for (let h = 0; h < heads; h++) {
        segmentWeights(qkv, segment, i, { h, heads, width }).forEach((weight, j) => {
          for (let c = h * size; c < (h + 1) * size; c++) {
            out[(segment.start + i) * width + c] += weight * qkv[(keys[j] * 3 + 2) * width + c];
          }
        });
      }
    }
  }
  return out;
}

/** Log-probs of targets and entropies at inverse temperature beta. */
export function head(
  logits: ArrayLike<number>,
  targets: ArrayLike<number>,
  vocabulary: number,
  beta: number,
) {
  const rows = targets.length;
  const logp = new Float64Array(rows);
  const entropy = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const z = Array.from({ length: vocabulary }, (_, j) => logits[r * vocabulary + j] * beta);
    const top = Math.max(...z);
    const logTotal = Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
    // Relative to the largest logit, for a sum with a huge one would swallow the rest.
    const logProbs = z.map((value) => value - top - logTotal);
    logp[r] = logProbs[targets[r]];
    for (const value of logProbs) if (value > -700) entropy[r] -= Math.exp(value) * value;
  }
  return { logp, entropy };
}

/** Central differences of a scalar function at x: the gradient by which backward kernels are judged. */
export function numericGradient(
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  step = 1e-5,
): Float64Array {
  const point = Float64Array.from(x);
  return Float64Array.from(point, (value, i) => {
    point[i] = value + step;
    const high = f(point);
    point[i] = value - step;
    const low = f(point);
    point[i] = value;
    return (high - low) / (2 * step);
  });
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
