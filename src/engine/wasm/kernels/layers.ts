// Norms, rotary positions and activations, forward and backward (AssemblyScript).

import { addTo, at, exp4, madd, sum4 } from './lanes';

const EPSILON: f32 = 1e-5;

/**
 * LayerNorm of rows x cols (cols a multiple of 4), or RMSNorm where `bias` is null: the same with mean 0 and nothing added.
 * `stats` keeps [mean, 1 / std] per row.
 */
export function norm(x: usize, gain: usize, bias: usize, out: usize, stats: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = at(x, r * cols);
    let mean: f32 = 0;
    if (bias != 0) {
      let total = f32x4.splat(0);
      for (let c = 0; c < cols; c += 4) total = f32x4.add(total, v128.load(at(row, c)));
      mean = sum4(total) / <f32>cols;
    }
    const centre = f32x4.splat(mean);
    let squares = f32x4.splat(0);
    for (let c = 0; c < cols; c += 4) {
      const value = f32x4.sub(v128.load(at(row, c)), centre);
      squares = madd(value, value, squares);
    }
    const scale: f32 = <f32>1 / sqrt<f32>(sum4(squares) / <f32>cols + EPSILON);
    store<f32>(at(stats, 2 * r), mean);
    store<f32>(at(stats, 2 * r + 1), scale);
    const target = at(out, r * cols);
    for (let c = 0; c < cols; c += 4) {
      const normed = f32x4.mul(f32x4.sub(v128.load(at(row, c)), centre), f32x4.splat(scale));
      let value = f32x4.mul(normed, v128.load(at(gain, c)));
      if (bias != 0) value = f32x4.add(value, v128.load(at(bias, c)));
      v128.store(at(target, c), value);
    }
  }
}

/** dGain and dBias (null for RMSNorm) are added to; dX is written, or added to when `accumulate`. */
export function normBackward(
  x: usize,
  gain: usize,
  stats: usize,
  dOut: usize,
  dX: usize,
  dGain: usize,
  dBias: usize,
  rows: i32,
  cols: i32,
  accumulate: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const row = at(x, r * cols);
    const dRow = at(dOut, r * cols);
    const centre = f32x4.splat(load<f32>(at(stats, 2 * r)));
    const scale = f32x4.splat(load<f32>(at(stats, 2 * r + 1)));
    let dot = f32x4.splat(0);
    let total = f32x4.splat(0);
    for (let c = 0; c < cols; c += 4) {
      const normed = f32x4.mul(f32x4.sub(v128.load(at(row, c)), centre), scale);
      const dy = v128.load(at(dRow, c));
      const dNormed = f32x4.mul(dy, v128.load(at(gain, c)));
      addTo(at(dGain, c), f32x4.mul(dy, normed));
      dot = madd(dNormed, normed, dot);
      if (dBias != 0) {
        addTo(at(dBias, c), dy);
        total = f32x4.add(total, dNormed);
      }
    }
    const meanDot = f32x4.splat(sum4(dot) / <f32>cols);
    const meanTotal = f32x4.splat(sum4(total) / <f32>cols);
    const target = at(dX, r * cols);
    for (let c = 0; c < cols; c += 4) {
      const normed = f32x4.mul(f32x4.sub(v128.load(at(row, c)), centre), scale);
      const dNormed = f32x4.mul(v128.load(at(dRow, c)), v128.load(at(gain, c)));
      let d = f32x4.mul(f32x4.sub(f32x4.sub(dNormed, meanTotal), f32x4.mul(normed, meanDot)), scale);
      if (accumulate) d = f32x4.add(d, v128.load(at(target, c)));
      v128.store(at(target, c), d);
    }
  }
}

/** Rotates q and k of [rows, 3 width] into `out` (v is copied); `sign` -1 undoes it (the backward pass). Table: [position, half] of (cos, sin). */
export function rope(
  x: usize,
  out: usize,
  positions: usize,
  table: usize,
  rows: i32,
  width: i32,
  heads: i32,
  sign: f32,
): void {
  const size = width / heads;
  const half = size >> 1;
  for (let r = 0; r < rows; r++) {
    const row = at(x, r * 3 * width);
    const target = at(out, r * 3 * width);
    const angles = at(table, load<i32>(at(positions, r)) * half * 2);
    for (let h = 0; h < 2 * heads; h++) {
      const head = h * size;
      let i = 0;
      for (; i + 4 <= half; i += 4) {
        const low = v128.load(at(angles, 2 * i));
        const high = v128.load(at(angles, 2 * i + 4));
        const cos = v128.shuffle<f32>(low, high, 0, 2, 4, 6);
        const sin = f32x4.mul(v128.shuffle<f32>(low, high, 1, 3, 5, 7), f32x4.splat(sign));
        const a = v128.load(at(row, head + i));
        const b = v128.load(at(row, head + half + i));
        v128.store(at(target, head + i), f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)));
        v128.store(at(target, head + half + i), f32x4.add(f32x4.mul(a, sin), f32x4.mul(b, cos)));
      }
      for (; i < half; i++) {
        const cos = load<f32>(at(angles, 2 * i));
        const sin = sign * load<f32>(at(angles, 2 * i + 1));
        const a = load<f32>(at(row, head + i));
        const b = load<f32>(at(row, head + half + i));
        store<f32>(at(target, head + i), a * cos - b * sin);
        store<f32>(at(target, head + half + i), a * sin + b * cos);
      }
    }
    if (target != row) memory.copy(at(target, 2 * width), at(row, 2 * width), (<usize>width) << 2);
  }
}

// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

/** out[rows, hidden] = silu(x[:, :hidden]) * x[:, hidden:]; hidden a multiple of 4. */
export function swiglu(x: usize, out: usize, rows: i32, hidden: i32): void {
  for (let r = 0; r < rows; r++) {
    const gate = at(x, r * 2 * hidden);
    const up = at(gate, hidden);
    const target = at(out, r * hidden);
    for (let c = 0; c < hidden; c += 4) {
      const g = v128.load(at(gate, c));
      v128.store(at(target, c), f32x4.mul(f32x4.mul(g, sigmoid4(g)), v128.load(at(up, c))));
    }
  }
}

export function swigluBackward(x: usize, dOut: usize, dX: usize, rows: i32, hidden: i32): void {
  for (let r = 0; r < rows; r++) {
    const gate = at(x, r * 2 * hidden);
    const up = at(gate, hidden);
    const dGate = at(dX, r * 2 * hidden);
    const dUp = at(dGate, hidden);
    const dRow = at(dOut, r * hidden);
    for (let c = 0; c < hidden; c += 4) {
      const g = v128.load(at(gate, c));
      const s = sigmoid4(g);
      const d = v128.load(at(dRow, c));
      v128.store(at(dUp, c), f32x4.mul(d, f32x4.mul(g, s)));
      const gradient = f32x4.mul(s, f32x4.add(f32x4.splat(1), f32x4.mul(g, f32x4.sub(f32x4.splat(1), s))));
      v128.store(at(dGate, c), f32x4.mul(f32x4.mul(d, v128.load(at(up, c))), gradient));
    }
  }
}

/** GELU, tanh form, as x sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3). */
export function gelu(x: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(at(x, i));
    const cubic = f32x4.mul(f32x4.mul(v, v), f32x4.mul(v, f32x4.splat(0.044715)));
    const twice = f32x4.mul(f32x4.add(v, cubic), f32x4.splat(1.5957691216));
    v128.store(at(out, i), f32x4.mul(v, sigmoid4(twice)));
  }
}

export function geluBackward(x: usize, dOut: usize, dX: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(at(x, i));
    const square = f32x4.mul(v, v);
    const cubic = f32x4.mul(square, f32x4.mul(v, f32x4.splat(0.044715)));
    const s = sigmoid4(f32x4.mul(f32x4.add(v, cubic), f32x4.splat(1.5957691216)));
    const gradient = f32x4.mul(
      f32x4.splat(1.5957691216),
      f32x4.add(f32x4.splat(1), f32x4.mul(square, f32x4.splat(0.134145))),
    );
    const bend = f32x4.mul(f32x4.mul(v, gradient), f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)));
    v128.store(at(dX, i), f32x4.mul(v128.load(at(dOut, i)), f32x4.add(s, bend)));
  }
}
