// Attention, full and cached, forward and backward (AssemblyScript).

import { at, exp1, exp4, madd, sum4 } from './lanes';
import { gemm, transpose } from './math';

/** int32 words of a segment, in their order: see plan/packing.ts. */
const SEGMENT_WORDS: i32 = 5;
const CONTEXT: i32 = 0;
const CONTEXT_ROWS: i32 = 1;
const START: i32 = 2;
const OWN_ROWS: i32 = 3;
const IMAGE: i32 = 4;

// @ts-ignore: decorator
@inline
function word(segments: usize, segment: i32, field: i32): i32 {
  return load<i32>(at(segments, segment * SEGMENT_WORDS + field));
}

/** Rows of a block: keys that no row of it can see are left out, which saves two fifths of the work at usual lengths. */
const ROWS: i32 = 16;

/** Own keys that the block of rows from i on may see, to the next whole block; rows below `reach` see all keys below it. */
// @ts-ignore: decorator
@inline
function blockEnd(i: i32, own: i32, reach: i32): i32 {
  const seen = i < reach ? max(reach, i + ROWS) : i + ROWS;
  return min(own, ((seen + ROWS - 1) / ROWS) * ROWS);
}

/**
 * Writes keys (or values) of a segment and its context as columns of [size, stride]. `held`: first row of the context whose columns
 * stand there already; gives the one that does now. A prefix leaves its own columns where its items look for their context.
 */
function turn(segments: usize, s: i32, part: usize, line: i32, size: i32, turned: usize, stride: i32, held: i32): i32 {
  const context = word(segments, s, CONTEXT);
  const contextRows = word(segments, s, CONTEXT_ROWS);
  const start = word(segments, s, START);
  const own = word(segments, s, OWN_ROWS);
  if (contextRows > 0 && context != held) {
    transpose(at(part, context * line), line, contextRows, size, turned, stride);
  }
  transpose(at(part, start * line), line, own, size, at(turned, contextRows), stride);
  return contextRows > 0 ? context : start;
}

/**
 * out[rows, width] from qkv[rows, 3 width], for `heads` heads of `size` from the first one at the pointers on; segments[count] say
 * which rows see which: row i of a segment sees its context and the own rows up to itself, and rows of a picture all of the picture.
 * probs[heads, rows, stride] are kept for the backward pass, hidden keys as 0. scratch: 4 (size x stride + BLOCK x stride + 64) bytes.
 */
export function attention(
  qkv: usize,
  out: usize,
  probs: usize,
  segments: usize,
  count: i32,
  rows: i32,
  heads: i32,
  size: i32,
  width: i32,
  stride: i32,
  scratch: usize,
): void {
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>size);
  const line = 3 * width;
  const keys = scratch;
  const work = at(scratch, size * stride);
  for (let h = 0; h < heads; h++) {
    const head = at(qkv, h * size);
    const values = at(head, 2 * width);
    let held: i32 = -1;
    for (let s = 0; s < count; s++) {
      const contextRows = word(segments, s, CONTEXT_ROWS);
      const start = word(segments, s, START);
      const own = word(segments, s, OWN_ROWS);
      const reach = word(segments, s, IMAGE) - contextRows;
      held = turn(segments, s, at(head, width), line, size, keys, stride, held);
      const contextValues = at(values, word(segments, s, CONTEXT) * line);
      for (let i = 0; i < own; i += ROWS) {
        const n = min(ROWS, own - i);
        const ownEnd = blockEnd(i, own, reach);
        const end = contextRows + ownEnd;
        const pRows = at(probs, (h * rows + start + i) * stride);
        gemm(n, end, size, at(head, (start + i) * line), line, 1, keys, stride, pRows, stride, 0, 0, 0, work);
        for (let r = i; r < i + n; r++) {
          const seen = contextRows + (r < reach ? reach : r + 1);
          softmaxRow(at(pRows, (r - i) * stride), seen, contextRows + own, scale);
        }
        const target = at(out, (start + i) * width + h * size);
        if (contextRows > 0) gemm(n, size, contextRows, pRows, stride, 1, contextValues, line, target, width, 0, 0, 0, work);
        const add: i32 = contextRows > 0 ? 1 : 0;
        gemm(n, size, ownEnd, at(pRows, contextRows), stride, 1, at(values, start * line), line, target, width, 0, 0, add, work);
      }
    }
  }
}

/** In place: exp(scale (x - top)) of n values; gives their sum. */
function expRow(row: usize, n: i32, top: f32, scale: f32 = 1): f32 {
  const factor = f32x4.splat(scale);
  const shift = f32x4.splat(top);
  let sums = f32x4.splat(0);
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const value = exp4(f32x4.mul(f32x4.sub(v128.load(at(row, j)), shift), factor));
    v128.store(at(row, j), value);
    sums = f32x4.add(sums, value);
  }
  let total = sum4(sums);
  for (; j < n; j++) {
    const value = exp1((load<f32>(at(row, j)) - top) * scale);
    store<f32>(at(row, j), value);
    total += value;
  }
  return total;
}

/** In-place softmax of scale * row[0 .. seen); what is behind it, to the end, becomes 0. */
function softmaxRow(row: usize, seen: i32, end: i32, scale: f32): void {
  let top: f32 = -Infinity;
  for (let j = 0; j < seen; j++) top = max(top, load<f32>(at(row, j)));
  const inverse: f32 = <f32>1 / expRow(row, seen, top, scale);
  const each = f32x4.splat(inverse);
  let j = 0;
  for (; j + 4 <= seen; j += 4) v128.store(at(row, j), f32x4.mul(v128.load(at(row, j)), each));
  for (; j < seen; j++) store<f32>(at(row, j), load<f32>(at(row, j)) * inverse);
  if (end > seen) memory.fill(at(row, seen), 0, (<usize>(end - seen)) << 2);
}

/**
 * dQkv from dOut and the kept probabilities, over the same segments; a prefix stands before its items, which add to the gradients of
 * its keys and values. scratch: 4 (longest segment x stride + size x stride + BLOCK x stride + 64) bytes.
 */
export function attentionBackward(
  qkv: usize,
  probs: usize,
  dOut: usize,
  dQkv: usize,
  segments: usize,
  count: i32,
  rows: i32,
  heads: i32,
  size: i32,
  width: i32,
  stride: i32,
  scratch: usize,
): void {
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>size);
  const line = 3 * width;
  const dScores = scratch;
  const values = at(dScores, stride * stride);
  const work = at(values, size * stride);
  for (let h = 0; h < heads; h++) {
    const head = at(qkv, h * size);
    const dHead = at(dQkv, h * size);
    let held: i32 = -1;
    for (let s = 0; s < count; s++) {
      const context = word(segments, s, CONTEXT);
      const contextRows = word(segments, s, CONTEXT_ROWS);
      const start = word(segments, s, START);
      const own = word(segments, s, OWN_ROWS);
      const reach = word(segments, s, IMAGE) - contextRows;
      const q = at(head, start * line);
      const dq = at(dHead, start * line);
      const p = at(probs, (h * rows + start) * stride);
      const d = at(dOut, start * width + h * size);
      held = turn(segments, s, at(head, 2 * width), line, size, values, stride, held);
      for (let i = 0; i < own; i += ROWS) {
        const n = min(ROWS, own - i);
        const ownEnd = blockEnd(i, own, reach);
        const end = contextRows + ownEnd;
        const dRows = at(dScores, i * stride);
        // dP = dOut V^T, and from it the gradient of the scores
        gemm(n, end, size, at(d, i * width), width, 1, values, stride, dRows, stride, 0, 0, 0, work);
        for (let r = i; r < i + n; r++) scoreGradient(at(p, r * stride), at(dScores, r * stride), end, scale);
        const target = at(dq, i * line);
        if (contextRows > 0) {
          gemm(n, size, contextRows, dRows, stride, 1, at(head, context * line + width), line, target, line, 0, 0, 0, work);
        }
        const add: i32 = contextRows > 0 ? 1 : 0;
        gemm(n, size, ownEnd, at(dRows, contextRows), stride, 1, at(q, width), line, target, line, 0, 0, add, work);
      }
      // dV = P^T dOut and dK = dScores^T Q, over the rows that may see these keys
      for (let j = 0; j < own; j += ROWS) {
        const keys = min(ROWS, own - j);
        const first = j < reach ? 0 : j;
        const left = own - first;
        const from = first * stride + contextRows + j;
        const target = at(dq, j * line);
        gemm(keys, size, left, at(p, from), 1, stride, at(d, first * width), width, at(target, 2 * width), line, 0, 0, 0, work);
        gemm(keys, size, left, at(dScores, from), 1, stride, at(q, first * line), line, at(target, width), line, 0, 0, 0, work);
      }
      if (contextRows == 0) continue;
      const target = at(dHead, context * line);
      gemm(contextRows, size, own, p, 1, stride, d, width, at(target, 2 * width), line, 0, 0, 1, work);
      gemm(contextRows, size, own, dScores, 1, stride, q, line, at(target, width), line, 0, 0, 1, work);
    }
  }
}

/** In place: dP becomes dScores = scale P (dP - P . dP), over the first `end` keys of one row. */
function scoreGradient(p: usize, d: usize, end: i32, scale: f32): void {
  let dots = f32x4.splat(0);
  let j = 0;
  for (; j + 4 <= end; j += 4) dots = madd(v128.load(at(p, j)), v128.load(at(d, j)), dots);
  let dot = sum4(dots);
  for (; j < end; j++) dot += load<f32>(at(p, j)) * load<f32>(at(d, j));
  const shift = f32x4.splat(dot);
  const factor = f32x4.splat(scale);
  for (j = 0; j + 4 <= end; j += 4) {
    const gradient = f32x4.mul(v128.load(at(p, j)), f32x4.sub(v128.load(at(d, j)), shift));
    v128.store(at(d, j), f32x4.mul(gradient, factor));
  }
  for (; j < end; j++) store<f32>(at(d, j), load<f32>(at(p, j)) * (load<f32>(at(d, j)) - dot) * scale);
}

/** Share of attention mass on the picture, `weight` times it per head, added to out[rows]. */
export function prefixMass(
  probs: usize,
  out: usize,
  segments: usize,
  count: i32,
  rows: i32,
  heads: i32,
  stride: i32,
  weight: f32,
): void {
  for (let h = 0; h < heads; h++) {
    for (let s = 0; s < count; s++) {
      const image = word(segments, s, IMAGE);
      const start = word(segments, s, START);
      for (let r = start, end = start + word(segments, s, OWN_ROWS); r < end; r++) {
        const row = at(probs, (h * rows + r) * stride);
        let mass: f32 = 0;
        for (let j = 0; j < image; j++) mass += load<f32>(at(row, j));
        store<f32>(at(out, r), load<f32>(at(out, r)) + mass * weight);
      }
    }
  }
}

/** Copies keys and values of all rows of a full pass [rows, 3 width] to the cache [rows, 2 width]. */
export function fillCache(qkv: usize, cache: usize, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(at(cache, r * 2 * width), at(qkv, r * 3 * width + width), (<usize>(2 * width)) << 2);
  }
}

/** Scores of `count` keys from `keys` on, `line` apart, to `scores`; gives the largest, or `top`. */
function scoreKeys(q: usize, keys: usize, count: i32, line: i32, size: i32, scores: usize, top: f32): f32 {
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>size);
  const factor = f32x4.splat(scale);
  let tops = f32x4.splat(top);
  let j = 0;
  // Four keys at a time: a vector of the query is loaded once for them, and their sums end in one vector.
  for (; j + 4 <= count; j += 4) {
    const key = at(keys, j * line);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let i = 0; i < size; i += 4) {
      const query = v128.load(at(q, i));
      a = madd(query, v128.load(at(key, i)), a);
      b = madd(query, v128.load(at(key, line + i)), b);
      c = madd(query, v128.load(at(key, 2 * line + i)), c);
      d = madd(query, v128.load(at(key, 3 * line + i)), d);
    }
    const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
    const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
    const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    const found = f32x4.mul(sums, factor);
    v128.store(at(scores, j), found);
    tops = f32x4.max(tops, found);
  }
  top = max(
    max(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1)),
    max(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3)),
  );
  for (; j < count; j++) {
    const key = at(keys, j * line);
    let dot = f32x4.splat(0);
    for (let c = 0; c < size; c += 4) dot = madd(v128.load(at(q, c)), v128.load(at(key, c)), dot);
    const score = sum4(dot) * scale;
    store<f32>(at(scores, j), score);
    top = max(top, score);
  }
  return top;
}

/**
 * One decode step: row r of qkv[rows, 3 width] belongs to segment r of `segments`, whose context are the rows of its prompt in the cache
 * and whose own rows those of the tokens that it has sampled before. The row's key and value are stored behind them, then
 * out[rows, width] is its attention over all. Cache: [row, 2 width], keys then values. scratch: 4 bytes per key.
 */
export function decodeAttention(
  qkv: usize,
  out: usize,
  cache: usize,
  segments: usize,
  rows: i32,
  heads: i32,
  width: i32,
  scratch: usize,
): void {
  const size = width / heads;
  const line = 2 * width;
  for (let r = 0; r < rows; r++) {
    const row = at(qkv, r * 3 * width);
    const shared = word(segments, r, CONTEXT_ROWS);
    const own = word(segments, r, OWN_ROWS) + 1;
    const contextLines = at(cache, word(segments, r, CONTEXT) * line);
    const ownLines = at(cache, word(segments, r, START) * line);
    const ownScores = at(scratch, shared);
    memory.copy(at(ownLines, (own - 1) * line), at(row, width), (<usize>line) << 2);
    for (let h = 0; h < heads; h++) {
      const q = at(row, h * size);
      const contextKeys = at(contextLines, h * size);
      const ownKeys = at(ownLines, h * size);
      let top = scoreKeys(q, contextKeys, shared, line, size, scratch, -Infinity);
      top = scoreKeys(q, ownKeys, own, line, size, ownScores, top);
      const inverse = f32x4.splat(<f32>1 / expRow(scratch, shared + own, top));
      const target = at(out, r * width + h * size);
      const values = at(contextKeys, width);
      const ownValues = at(ownKeys, width);
      let c = 0;
      // Heads are 16 or 32 wide: four vectors at a time, so that a line of the cache is read once.
      for (; c + 16 <= size; c += 16) {
        let v0 = f32x4.splat(0);
        let v1 = f32x4.splat(0);
        let v2 = f32x4.splat(0);
        let v3 = f32x4.splat(0);
        let value = at(values, c);
        for (let j = 0, n = shared + own; j < n; j++) {
          if (j == shared) value = at(ownValues, c);
          const weight = v128.load32_splat(at(scratch, j));
          v0 = madd(weight, v128.load(value), v0);
          v1 = madd(weight, v128.load(value, 16), v1);
          v2 = madd(weight, v128.load(value, 32), v2);
          v3 = madd(weight, v128.load(value, 48), v3);
          value = at(value, line);
        }
        v128.store(at(target, c), f32x4.mul(v0, inverse));
        v128.store(at(target, c), f32x4.mul(v1, inverse), 16);
        v128.store(at(target, c), f32x4.mul(v2, inverse), 32);
        v128.store(at(target, c), f32x4.mul(v3, inverse), 48);
      }
      for (; c < size; c += 4) {
        let mixed = f32x4.splat(0);
        let value = at(values, c);
        for (let j = 0, n = shared + own; j < n; j++) {
          if (j == shared) value = at(ownValues, c);
          mixed = madd(v128.load32_splat(at(scratch, j)), v128.load(value), mixed);
          value = at(value, line);
        }
        v128.store(at(target, c), f32x4.mul(mixed, inverse));
      }
    }
  }
}
