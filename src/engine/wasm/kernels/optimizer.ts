// The norm of the gradient and the AdamW step (AssemblyScript).

import { sum4 } from './lanes';

/** Sum of squares of n values (n a multiple of 4), partial sums in float64. */
export function sumSquares(x: usize, n: i32): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i += 64) {
    let partial = f32x4.splat(0);
    const end = min(n, i + 64);
    for (let q = i; q < end; q += 4) {
      const value = v128.load(x + ((<usize>q) << 2));
      partial = f32x4.add(partial, f32x4.mul(value, value));
    }
    total += <f64>sum4(partial);
  }
  return total;
}

/**
 * AdamW (Loshchilov, Hutter 2019) over `count` slices of the flat buffers: decoupled decay, bias corrections given as divisors.
 * `scale` multiplies the gradient (global-norm clip). slices: [offset, n, decays] per slice as int32, offset and n in elements
 * (n a multiple of 4); slices that do not decay take 0 for `decay`.
 */
export function adamw(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  slices: usize,
  count: i32,
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  decay: f32,
  correction1: f32,
  correction2: f32,
  scale: f32,
): void {
  for (let i = 0; i < count; i++) {
    const slice = slices + (<usize>i) * 12;
    const start = (<usize>load<i32>(slice)) << 2;
    const end = start + ((<usize>load<i32>(slice, 4)) << 2);
    const rate: f32 = load<i32>(slice, 8) != 0 ? decay : 0;
    const keep = f32x4.splat(1 - learningRate * rate);
    for (let at = start; at < end; at += 16) {
      const g = f32x4.mul(v128.load(gradients + at), f32x4.splat(scale));
      const m = f32x4.add(
        f32x4.mul(v128.load(first + at), f32x4.splat(beta1)),
        f32x4.mul(g, f32x4.splat(1 - beta1)),
      );
      const v = f32x4.add(
        f32x4.mul(v128.load(second + at), f32x4.splat(beta2)),
        f32x4.mul(f32x4.mul(g, g), f32x4.splat(1 - beta2)),
      );
      v128.store(first + at, m);
      v128.store(second + at, v);
      const mHat = f32x4.div(m, f32x4.splat(correction1));
      const vHat = f32x4.div(v, f32x4.splat(correction2));
      const step = f32x4.div(mHat, f32x4.add(f32x4.sqrt(vHat), f32x4.splat(epsilon)));
      const p = f32x4.mul(v128.load(parameters + at), keep);
      v128.store(parameters + at, f32x4.sub(p, f32x4.mul(step, f32x4.splat(learningRate))));
    }
  }
}
