// Float64 references of what surrounds attention: its backward pass, statistics and rotations.

import { dot, type Segment, segmentKeys, segmentScores, segmentWeights } from './float64.ts';

/** Calls `visit` for every row of every segment and head. */
function eachRow(
  segments: readonly Segment[],
  heads: number,
  visit: (segment: Segment, i: number, h: number) => void,
): void {
  for (const segment of segments) {
    for (let i = 0; i < segment.own; i++) {
      for (let h = 0; h < heads; h++) visit(segment, i, h);
    }
  }
}

/** Log-sum-exp [heads, rows] of the scaled scores. */
export function logSumExps(
  qkv: ArrayLike<number>,
  segments: readonly Segment[],
  heads: number,
  width: number,
): Float64Array {
  const rows = qkv.length / (3 * width);
  const lse = new Float64Array(heads * rows);
  eachRow(segments, heads, (segment, i, h) => {
    const scores = segmentScores(qkv, segment, i, { h, heads, width });
    const top = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
    lse[h * rows + segment.start + i] = top + Math.log(total);
  });
  return lse;
}

/** dQkv from dOut, by the textbook: dV = P^T dOut, dS = P (dP - rowsum(P dP)), dQ = dS K, dK = dS^T Q. */
export function attentionBackward(
  qkv: ArrayLike<number>,
  dOut: ArrayLike<number>,
  segments: readonly Segment[],
  heads: number,
  width: number,
): Float64Array {
  const size = width / heads;
  const [x, d] = [Float64Array.from(qkv), Float64Array.from(dOut)];
  const dQkv = new Float64Array(qkv.length);
  eachRow(segments, heads, (segment, i, h) => {
    const at = (row: number, part: number) => (row * 3 + part) * width + h * size;
    const row = segment.start + i;
    const gradient = d.subarray(row * width + h * size, row * width + (h + 1) * size);
    const keys = segmentKeys(segment);
    const weights = segmentWeights(qkv, segment, i, { h, heads, width });
    const dP = weights.map((_, j) => dot(gradient, x.subarray(at(keys[j], 2), at(keys[j], 2) + size)));
    const mean = dot(dP, weights);
    weights.forEach((p, j) => {
      const dScore = (p * (dP[j] - mean)) / Math.sqrt(size);
      for (let c = 0; c < size; c++) {
        dQkv[at(row, 0) + c] += dScore * x[at(keys[j], 1) + c];
        dQkv[at(keys[j], 1) + c] += dScore * x[at(row, 0) + c];
        dQkv[at(keys[j], 2) + c] += p * gradient[c];
      }
    });
  });
  return dQkv;
}

/** Mean over heads of the attention mass on the picture: [rows]. */
export function imageMass(
  qkv: ArrayLike<number>,
  segments: readonly Segment[],
  heads: number,
  width: number,
): Float64Array {
  const mass = new Float64Array(qkv.length / (3 * width));
  eachRow(segments, heads, (segment, i, h) => {
    const weights = segmentWeights(qkv, segment, i, { h, heads, width });
    for (let j = 0; j < segment.image; j++) mass[segment.start + i] += weights[j] / heads;
  });
  return mass;
}

/** (cos, sin) of pair p at each position: angle position * base^(-p / half). */
export function ropeTable(positions: number, size: number): Float32Array {
  const half = size / 2;
  return Float32Array.from({ length: positions * size }, (_, i) => {
    const angle = Math.floor(i / size) * 10000 ** (-Math.floor((i % size) / 2) / half);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** Rotates queries and keys of [rows, 3 width] by their positions; sign -1 rotates back. */
export function rope(
  qkv: ArrayLike<number>,
  table: ArrayLike<number>,
  positions: ArrayLike<number>,
  width: number,
  heads: number,
  sign = 1,
): Float64Array {
  const size = width / heads;
  const half = size / 2;
  const out = Float64Array.from(qkv);
  for (let r = 0; r < positions.length; r++) {
    for (let h = 0; h < 2 * heads; h++) {
      for (let i = 0; i < half; i++) {
        const cos = table[positions[r] * size + 2 * i];
        const sin = sign * table[positions[r] * size + 2 * i + 1];
        const at = r * 3 * width + h * size + i;
        out[at] = qkv[at] * cos - qkv[at + half] * sin;
        out[at + half] = qkv[at] * sin + qkv[at + half] * cos;
      }
    }
  }
  return out;
}
