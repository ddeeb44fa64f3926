// Attention, full and cached, forward and backward (AssemblyScript).

import { at, exp1, exp4, sum4 } from './lanes';
import { gemm, transpose } from './math';

/** Last key (exclusive) that row i of an item may see. */
// @ts-ignore: decorator
@inline
function keyEnd(i: i32, time: i32, prefix: i32, causal: i32): i32 {
  if (!causal) return time;
  return i < prefix ? prefix : i + 1;
}

/** Rows of a block: what no row of it can see is left out, which saves two fifths of the work at usual lengths. */
const ROWS: i32 = 16;

/** Keys that the block of rows from i on may see, to the next whole block; rows below `reach` see all keys below it. */
// @ts-ignore: decorator
@inline
function blockEnd(i: i32, time: i32, reach: i32): i32 {
  const seen = i < reach ? max(reach, i + ROWS) : i + ROWS;
  return min(time, ((seen + ROWS - 1) / ROWS) * ROWS);
}

/**
 * out[batch, time, width] from qkv[batch, time, 3 width]; probs[batch, heads, time, time] are kept for the backward pass.
 * Keys below keyStart[b] are hidden (an item without a picture); rows below it attend to themselves alone.
 * scratch: 4 (time x size + BLOCK x max(time, size) + 64) bytes.
 */
export function attention(
  qkv: usize,
  out: usize,
  probs: usize,
  keyStart: usize,
  batch: i32,
  time: i32,
  prefix: i32,
  heads: i32,
  width: i32,
  causal: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>size);
  const keys = scratch;
  const work = at(scratch, size * time);
  const reach = causal ? prefix : time;
  for (let b = 0; b < batch; b++) {
    const start = load<i32>(at(keyStart, b));
    const base = at(qkv, b * time * 3 * width);
    for (let h = 0; h < heads; h++) {
      const q = at(base, h * size);
      const p = at(probs, (b * heads + h) * time * time);
      transpose(at(q, width), 3 * width, time, size, keys);
      for (let i = 0; i < time; i += ROWS) {
        const rows = min(ROWS, time - i);
        const end = blockEnd(i, time, reach);
        const pRows = at(p, i * time);
        gemm(rows, end, size, at(q, i * 3 * width), 3 * width, 1, keys, time, pRows, time, 0, 0, 0, work);
        for (let r = i; r < i + rows; r++) {
          const from = r < start ? r : start;
          const to = r < start ? r + 1 : keyEnd(r, time, prefix, causal);
          softmaxRow(at(p, r * time), time, end, from, to, scale);
        }
        const target = at(out, (b * time + i) * width + h * size);
        gemm(rows, size, end, pRows, time, 1, at(q, 2 * width), 3 * width, target, width, 0, 0, 0, work);
      }
    }
  }
}

/** In-place softmax of scale * row[from .. to); the rest becomes 0. Scores are there up to `end`. */
function softmaxRow(row: usize, time: i32, end: i32, from: i32, to: i32, scale: f32): void {
  let top: f32 = -Infinity;
  for (let j = from; j < to; j++) top = max(top, load<f32>(at(row, j)));
  const factor = f32x4.splat(scale);
  const shift = f32x4.splat(top);
  let j = 0;
  for (; j + 4 <= end; j += 4) {
    const value = f32x4.sub(v128.load(at(row, j)), shift);
    v128.store(at(row, j), exp4(f32x4.mul(value, factor)));
  }
  for (; j < end; j++) store<f32>(at(row, j), exp1((load<f32>(at(row, j)) - top) * scale));
  for (j = 0; j < from; j++) store<f32>(at(row, j), 0);
  for (j = to; j < time; j++) store<f32>(at(row, j), 0);
  let total: f32 = 0;
  for (j = from; j < to; j++) total += load<f32>(at(row, j));
  const inverse: f32 = <f32>1 / total;
  for (j = from; j < to; j++) store<f32>(at(row, j), load<f32>(at(row, j)) * inverse);
}

/**
 * dQkv from dOut and the kept probabilities, which are 0 where the mask hides. Rows below `reach` may see all keys below it: the prefix,
 * or `time` where there is no causal mask. scratch: 4 (time x time + time x size + BLOCK x max(time, size) + 64) bytes.
 */
export function attentionBackward(
  qkv: usize,
  probs: usize,
  dOut: usize,
  dQkv: usize,
  batch: i32,
  time: i32,
  reach: i32,
  heads: i32,
  width: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>size);
  const dScores = scratch;
  const values = at(dScores, time * time);
  const work = at(values, time * size);
  const stride = 3 * width;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const q = at(qkv, b * time * stride + h * size);
      const dq = at(dQkv, b * time * stride + h * size);
      const p = at(probs, (b * heads + h) * time * time);
      const d = at(dOut, b * time * width + h * size);
      transpose(at(q, 2 * width), stride, time, size, values);
      for (let i = 0; i < time; i += ROWS) {
        const rows = min(ROWS, time - i);
        const end = blockEnd(i, time, reach);
        const dRows = at(dScores, i * time);
        // dP = dOut V^T, and from it the gradient of the scores
        gemm(rows, end, size, at(d, i * width), width, 1, values, time, dRows, time, 0, 0, 0, work);
        for (let r = i; r < i + rows; r++) scoreGradient(at(p, r * time), at(dScores, r * time), end, scale);
        gemm(rows, size, end, dRows, time, 1, at(q, width), stride, at(dq, i * stride), stride, 0, 0, 0, work);
      }
      for (let j = 0; j < time; j += ROWS) {
        const keys = min(ROWS, time - j);
        const first = j < reach ? 0 : j;
        const left = time - first;
        const from = first * time + j;
        const target = at(dq, j * stride);
        // dV = P^T dOut and dK = dScores^T Q, over the rows that may see these keys
        gemm(keys, size, left, at(p, from), 1, time, at(d, first * width), width, at(target, 2 * width), stride, 0, 0, 0, work);
        gemm(keys, size, left, at(dScores, from), 1, time, at(q, first * stride), stride, at(target, width), stride, 0, 0, 0, work);
      }
    }
  }
}

/** In place: dP becomes dScores = scale P (dP - P . dP), over the first `end` keys of one row. */
function scoreGradient(p: usize, d: usize, end: i32, scale: f32): void {
  let dot: f32 = 0;
  for (let j = 0; j < end; j++) dot += load<f32>(at(p, j)) * load<f32>(at(d, j));
  const shift = f32x4.splat(dot);
  const factor = f32x4.splat(scale);
  let j = 0;
  for (; j + 4 <= end; j += 4) {
    const gradient = f32x4.mul(v128.load(at(p, j)), f32x4.sub(v128.load(at(d, j)), shift));
    v128.store(at(d, j), f32x4.mul(gradient, factor));
  }
  for (; j < end; j++) store<f32>(at(d, j), load<f32>(at(p, j)) * (load<f32>(at(d, j)) - dot) * scale);
}

/** Share of attention mass on the first `prefix` keys, added up per row over heads: out[batch, time]. */
export function prefixMass(
  probs: usize,
  out: usize,
  batch: i32,
  time: i32,
  prefix: i32,
  heads: i32,
  weight: f32,
): void {
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < time; i++) {
        const row = at(probs, ((b * heads + h) * time + i) * time);
        let mass: f32 = 0;
        for (let j = 0; j < prefix; j++) mass += load<f32>(at(row, j));
        const target = at(out, b * time + i);
        store<f32>(target, load<f32>(target) + mass * weight);
      }
    }
  }
}

/** Copies keys and values of a full pass [batch, time, 3 width] to cache rows: item b goes to rows first[b] .. first[b] + count[b]. */
export function fillCache(
  qkv: usize,
  cache: usize,
  first: usize,
  count: usize,
  batch: i32,
  time: i32,
  width: i32,
  capacity: i32,
): void {
  for (let b = 0; b < batch; b++) {
    const source = at(qkv, b * time * 3 * width);
    for (let s = load<i32>(at(first, b)), end = s + load<i32>(at(count, b)); s < end; s++) {
      const target = at(cache, s * capacity * 2 * width);
      for (let t = 0; t < time; t++) {
        memory.copy(at(target, t * 2 * width), at(source, t * 3 * width + width), (<usize>(2 * width)) << 2);
      }
    }
  }
}

/**
 * One decode step: row r of qkv[rows, 3 width] belongs to cache entry slots[r] at position positions[r]; its key and value are
 * stored there, then out[rows, width] is its attention over keyStart[r] .. positions[r].
 * Cache: [slot, capacity, 2 width], keys then values. scratch: 4 capacity bytes.
 */
export function decodeAttention(
  qkv: usize,
  out: usize,
  cache: usize,
  slots: usize,
  positions: usize,
  keyStart: usize,
  rows: i32,
  heads: i32,
  width: i32,
  capacity: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>size);
  for (let r = 0; r < rows; r++) {
    const row = at(qkv, r * 3 * width);
    const entry = at(cache, load<i32>(at(slots, r)) * capacity * 2 * width);
    const position = load<i32>(at(positions, r));
    const start = load<i32>(at(keyStart, r));
    memory.copy(at(entry, position * 2 * width), at(row, width), (<usize>(2 * width)) << 2);
    for (let h = 0; h < heads; h++) {
      const q = at(row, h * size);
      let top: f32 = -Infinity;
      for (let j = start; j <= position; j++) {
        const key = at(entry, j * 2 * width + h * size);
        let dot = f32x4.splat(0);
        for (let c = 0; c < size; c += 4) dot = f32x4.add(dot, f32x4.mul(v128.load(at(q, c)), v128.load(at(key, c))));
        const score = sum4(dot) * scale;
        store<f32>(at(scratch, j), score);
        top = max(top, score);
      }
      let total: f32 = 0;
      for (let j = start; j <= position; j++) {
        const weight = exp1(load<f32>(at(scratch, j)) - top);
        store<f32>(at(scratch, j), weight);
        total += weight;
      }
      const target = at(out, r * width + h * size);
      const inverse = f32x4.splat(<f32>1 / total);
      for (let c = 0; c < size; c += 4) {
        let mixed = f32x4.splat(0);
        for (let j = start; j <= position; j++) {
          const value = v128.load(at(entry, j * 2 * width + width + h * size + c));
          mixed = f32x4.add(mixed, f32x4.mul(v128.load32_splat(at(scratch, j)), value));
        }
        v128.store(at(target, c), f32x4.mul(mixed, inverse));
      }
    }
  }
}
