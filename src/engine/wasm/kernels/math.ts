// Matrix product, transposition and sums (AssemblyScript).

import { addTo, madd } from './lanes';

/** Depth of a block of the shared dimension; a packed panel of it stays in the second-level cache. */
const BLOCK: i32 = 256;

/** Packs b[k0 .. k0 + depth, 0 .. n] into panels of 8 columns, zero-padded. */
function pack(b: usize, ldb: i32, depth: i32, n: i32, packed: usize): void {
  let out = packed;
  for (let j = 0; j < n; j += 8) {
    const cols = min(8, n - j);
    let source = b + ((<usize>j) << 2);
    if (cols == 8) {
      for (let p = 0; p < depth; p++) {
        v128.store(out, v128.load(source));
        v128.store(out, v128.load(source, 16), 16);
        out += 32;
        source += (<usize>ldb) << 2;
      }
    } else {
      for (let p = 0; p < depth; p++) {
        v128.store(out, f32x4.splat(0));
        v128.store(out, f32x4.splat(0), 16);
        for (let q = 0; q < cols; q++) {
          store<f32>(out + ((<usize>q) << 2), load<f32>(source + ((<usize>q) << 2)));
        }
        out += 32;
        source += (<usize>ldb) << 2;
      }
    }
  }
}

/** Writes 8 lanes to c, adding what is asked for; `cols` < 8 at the right edge. */
// @ts-ignore: decorator
@inline
function storeRow(
  low: v128,
  high: v128,
  c: usize,
  bias: usize,
  residual: usize,
  accumulate: bool,
  cols: i32,
  spill: usize,
): void {
  if (bias != 0) {
    low = f32x4.add(low, v128.load(bias));
    high = f32x4.add(high, v128.load(bias, 16));
  }
  if (cols == 8) {
    if (residual != 0) {
      low = f32x4.add(low, v128.load(residual));
      high = f32x4.add(high, v128.load(residual, 16));
    }
    if (accumulate) {
      low = f32x4.add(low, v128.load(c));
      high = f32x4.add(high, v128.load(c, 16));
    }
    v128.store(c, low);
    v128.store(c, high, 16);
    return;
  }
  v128.store(spill, low);
  v128.store(spill, high, 16);
  for (let q = 0; q < cols; q++) {
    const at = (<usize>q) << 2;
    let value = load<f32>(spill + at);
    if (residual != 0) value += load<f32>(residual + at);
    if (accumulate) value += load<f32>(c + at);
    store<f32>(c + at, value);
  }
}

/**
 * c[m, n] = a[m, depth] b (+ bias[n]) (+ residual[m, n]) (+ c) for a packed b: its panels of 8 columns stand `panelBytes` apart.
 * Element (i, p) of a stands at a + i r1 + p stepA.
 */
function multiply(
  m: i32,
  n: i32,
  depth: i32,
  a: usize,
  r1: usize,
  stepA: usize,
  packed: usize,
  panelBytes: usize,
  c: usize,
  ldc: i32,
  bias: usize,
  residual: usize,
  add: bool,
  spill: usize,
): void {
  const r2 = r1 << 1;
  const r3 = r2 + r1;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const aTile = a + (<usize>i) * r1;
    for (let j = 0; j < n; j += 8) {
      let panel = packed + (<usize>(j >> 3)) * panelBytes;
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      let c10 = f32x4.splat(0);
      let c11 = f32x4.splat(0);
      let c20 = f32x4.splat(0);
      let c21 = f32x4.splat(0);
      let c30 = f32x4.splat(0);
      let c31 = f32x4.splat(0);
      let pa = aTile;
      for (let p = 0; p < depth; p++) {
        const b0 = v128.load(panel);
        const b1 = v128.load(panel, 16);
        const a0 = v128.load32_splat(pa);
        c00 = madd(a0, b0, c00);
        c01 = madd(a0, b1, c01);
        const a1 = v128.load32_splat(pa + r1);
        c10 = madd(a1, b0, c10);
        c11 = madd(a1, b1, c11);
        const a2 = v128.load32_splat(pa + r2);
        c20 = madd(a2, b0, c20);
        c21 = madd(a2, b1, c21);
        const a3 = v128.load32_splat(pa + r3);
        c30 = madd(a3, b0, c30);
        c31 = madd(a3, b1, c31);
        pa += stepA;
        panel += 32;
      }
      const cols = min(8, n - j);
      const at = ((<usize>i) * (<usize>ldc) + (<usize>j)) << 2;
      const rowBytes = (<usize>ldc) << 2;
      const cBias = bias != 0 ? bias + ((<usize>j) << 2) : 0;
      const cAt = c + at;
      const rAt: usize = residual != 0 ? residual + at : 0;
      const rStep: usize = rAt != 0 ? rowBytes : 0;
      storeRow(c00, c01, cAt, cBias, rAt, add, cols, spill);
      storeRow(c10, c11, cAt + rowBytes, cBias, rAt + rStep, add, cols, spill);
      storeRow(c20, c21, cAt + 2 * rowBytes, cBias, rAt + 2 * rStep, add, cols, spill);
      storeRow(c30, c31, cAt + 3 * rowBytes, cBias, rAt + 3 * rStep, add, cols, spill);
    }
  }
  for (; i < m; i++) {
    const aTile = a + (<usize>i) * r1;
    for (let j = 0; j < n; j += 8) {
      let panel = packed + (<usize>(j >> 3)) * panelBytes;
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      let pa = aTile;
      for (let p = 0; p < depth; p++) {
        const a0 = v128.load32_splat(pa);
        c00 = madd(a0, v128.load(panel), c00);
        c01 = madd(a0, v128.load(panel, 16), c01);
        pa += stepA;
        panel += 32;
      }
      const at = ((<usize>i) * (<usize>ldc) + (<usize>j)) << 2;
      const cBias = bias != 0 ? bias + ((<usize>j) << 2) : 0;
      const rAt: usize = residual != 0 ? residual + at : 0;
      storeRow(c00, c01, c + at, cBias, rAt, add, min(8, n - j), spill);
    }
  }
}

/**
 * c[m, n] = a[m, k] b[k, n] (+ bias[n]) (+ residual[m, n]) (+ c). Element (i, p) of a stands at a + 4 (i aRow + p aCol), so the same
 * code serves a transposed left operand. `scratch`: 4 (BLOCK x (n rounded up to 8) + 4 BLOCK + 8) bytes.
 * bias must be readable up to n rounded up to 8.
 */
export function gemm(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aCol: i32,
  b: usize,
  ldb: i32,
  c: usize,
  ldc: i32,
  bias: usize,
  residual: usize,
  accumulate: i32,
  scratch: usize,
): void {
  const tile = scratch + 32;
  const packed = tile + ((<usize>BLOCK) << 4);
  const stepA = (<usize>aCol) << 2;
  const r1 = (<usize>aRow) << 2;
  const rowBytes = (<usize>ldc) << 2;
  for (let k0 = 0; k0 < k; k0 += BLOCK) {
    const depth = min(BLOCK, k - k0);
    const panelBytes = (<usize>depth) << 5;
    pack(b + (((<usize>k0) * (<usize>ldb)) << 2), ldb, depth, n, packed);
    const first = k0 == 0;
    const cBias: usize = first ? bias : 0;
    const cResidual: usize = first ? residual : 0;
    const add = !first || accumulate != 0;
    const block = a + (<usize>k0) * stepA;
    let i = 0;
    // A transposed operand is read four rows at a time, moved together before: in place each step would take another cache line, and
    // lines a power of two apart push each other out.
    if (aRow == 1) {
      for (; i + 4 <= m; i += 4) {
        let source = block + ((<usize>i) << 2);
        for (let p = 0; p < depth; p++) {
          v128.store(tile + ((<usize>p) << 4), v128.load(source));
          source += stepA;
        }
        const at = (<usize>i) * rowBytes;
        const from: usize = cResidual != 0 ? cResidual + at : 0;
        multiply(4, n, depth, tile, 4, 16, packed, panelBytes, c + at, ldc, cBias, from, add, scratch);
      }
    }
    const at = (<usize>i) * rowBytes;
    const from: usize = cResidual != 0 ? cResidual + at : 0;
    const rest = block + (<usize>i) * r1;
    multiply(m - i, n, depth, rest, r1, stepA, packed, panelBytes, c + at, ldc, cBias, from, add, scratch);
  }
}

/** Packs a weight b[k, n], or its transpose b[n, k] where `transposed`, for `gemmPacked`; the pack is [n rounded up to 8, k]. */
export function packWeight(b: usize, k: i32, n: i32, transposed: i32, packed: usize): void {
  if (!transposed) {
    pack(b, n, k, n, packed);
    return;
  }
  for (let j = 0; j < n; j += 8) {
    const panel = packed + (((<usize>j) * (<usize>k)) << 2);
    const cols = min(8, n - j);
    if (cols < 8) memory.fill(panel, 0, (<usize>k) << 5);
    transpose(b + (((<usize>j) * (<usize>k)) << 2), k, cols, k, panel, 8);
  }
}

/** c[m, n] = a[m, k] b (+ bias[n]) (+ residual[m, n]) for a weight that `packWeight` has packed. scratch: 32 bytes. */
export function gemmPacked(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  packed: usize,
  c: usize,
  ldc: i32,
  bias: usize,
  residual: usize,
  scratch: usize,
): void {
  multiply(m, n, k, a, (<usize>k) << 2, 4, packed, (<usize>k) << 5, c, ldc, bias, residual, false, scratch);
}

/** out[cols, rows] = x[rows, cols] transposed; `ldx` and `ldOut` are the lengths of their lines. */
export function transpose(x: usize, ldx: i32, rows: i32, cols: i32, out: usize, ldOut: i32): void {
  for (let r = 0; r < rows; r++) {
    let source = x + (((<usize>r) * (<usize>ldx)) << 2);
    let target = out + ((<usize>r) << 2);
    for (let c = 0; c < cols; c++) {
      store<f32>(target, load<f32>(source));
      source += 4;
      target += (<usize>ldOut) << 2;
    }
  }
}

/** a b + c as the products of these kernels round it: that is how a build with fused multiply-add is told from one without. */
export function multiplyAdd(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}

/** First free byte: everything above belongs to the executor. */
export function heapBase(): usize {
  return __heap_base;
}

/** out[cols] += column sums of x[rows, cols]: the gradient of a bias. */
export function columnSums(x: usize, rows: i32, cols: i32, out: usize): void {
  for (let r = 0; r < rows; r++) {
    const row = x + (((<usize>r) * (<usize>cols)) << 2);
    let c = 0;
    for (; c + 4 <= cols; c += 4) addTo(out + ((<usize>c) << 2), v128.load(row + ((<usize>c) << 2)));
    for (; c < cols; c++) {
      const at = (<usize>c) << 2;
      store<f32>(out + at, load<f32>(out + at) + load<f32>(row + at));
    }
  }
}

/** Zeroes n values. */
export function zero(x: usize, n: i32): void {
  memory.fill(x, 0, (<usize>n) << 2);
}
