// Float64 references of what surrounds attention: its backward pass, statistics, rotations and the cached decode step.

import { type AttentionShape, sees } from './float64.ts';

/** Probabilities [batch, heads, time, time] and log-sum-exp [batch, heads, time] of the scaled scores. */
export function attentionStatistics(
  qkv: ArrayLike<number>,
  keyStart: ArrayLike<number>,
  shape: AttentionShape,
) {
  const { batch, time, heads, width } = shape;
  const size = width / heads;
  const lse = new Float64Array(batch * heads * time);
  const probs = new Float64Array(batch * heads * time * time);
  for (let n = 0; n < lse.length; n++) {
    const [b, h, i] = [Math.floor(n / (heads * time)), Math.floor(n / time) % heads, n % time];
    const at = (t: number, part: number) => ((b * time + t) * 3 + part) * width + h * size;
    const scores = Array.from({ length: time }, (_, j) => {
      if (!sees(i, j, keyStart[b], shape)) return -Infinity;
      let dot = 0;
      for (let c = 0; c < size; c++) dot += qkv[at(i, 0) + c] * qkv[at(j, 1) + c];
      return dot / Math.sqrt(size);
    });
    const top = Math.max(...scores);
    lse[n] = top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
    scores.forEach((score, j) => {
      probs[n * time + j] = Math.exp(score - lse[n]);
    });
  }
  return { lse, probs };
}

/** dQkv from dOut, by the textbook: dV = P^T dOut, dS = P (dP - rowsum(P dP)), dQ = dS K, dK = dS^T Q. */
export function attentionBackward(
  qkv: ArrayLike<number>,
  dOut: ArrayLike<number>,
  keyStart: ArrayLike<number>,
  shape: AttentionShape,
): Float64Array {
  const { batch, time, heads, width } = shape;
  const size = width / heads;
  const { probs } = attentionStatistics(qkv, keyStart, shape);
  const dQkv = new Float64Array(batch * time * 3 * width);
  for (let n = 0; n < batch * heads * time; n++) {
    const [b, h, i] = [Math.floor(n / (heads * time)), Math.floor(n / time) % heads, n % time];
    const at = (t: number, part: number) => ((b * time + t) * 3 + part) * width + h * size;
    const gradient = (b * time + i) * width + h * size;
    const dP = Array.from({ length: time }, (_, j) => {
      let dot = 0;
      for (let c = 0; c < size; c++) dot += dOut[gradient + c] * qkv[at(j, 2) + c];
      return dot;
    });
    const mean = dP.reduce((sum, d, j) => sum + d * probs[n * time + j], 0);
    dP.forEach((d, j) => {
      const p = probs[n * time + j];
      const dScore = (p * (d - mean)) / Math.sqrt(size);
      for (let c = 0; c < size; c++) {
        dQkv[at(i, 0) + c] += dScore * qkv[at(j, 1) + c];
        dQkv[at(j, 1) + c] += dScore * qkv[at(i, 0) + c];
        dQkv[at(j, 2) + c] += p * dOut[gradient + c];
      }
    });
  }
  return dQkv;
}

/** Mean over heads of the attention mass on the first `prefix` keys: [batch, time]. */
export function prefixMass(
  qkv: ArrayLike<number>,
  keyStart: ArrayLike<number>,
  shape: AttentionShape,
): Float64Array {
  const { batch, time, heads, prefix } = shape;
  const { probs } = attentionStatistics(qkv, keyStart, shape);
  return Float64Array.from({ length: batch * time }, (_, row) => {
    let sum = 0;
    for (let h = 0; h < heads; h++) {
      const start = ((Math.floor(row / time) * heads + h) * time + (row % time)) * time;
      for (let j = 0; j < prefix; j++) sum += probs[start + j] / heads;
    }
    return sum;
  });
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
