// The arithmetic peak of a core: products and sums in registers alone, for the benchmark (AssemblyScript).

import { madd } from './lanes';

/** Products with a sum, of four lanes each, in one round of the loop. */
const CHAINS: i32 = 12;

// @ts-ignore: decorator
@inline
function link(sum: v128, a: v128, b: v128): v128 {
  // The fused instruction adds to the register of its sum; a product that does not change would be computed once.
  return ASC_FEATURE_RELAXED_SIMD ? madd(a, b, sum) : f32x4.add(f32x4.mul(sum, a), b);
}

/** Runs `rounds` of as many independent chains as hide the latency; the result keeps them from being left out. Gives their number. */
export function peakLoop(rounds: i32, result: usize): i32 {
  const a = f32x4.splat(0.5);
  const b = f32x4.splat(0.25);
  let s0 = f32x4.splat(1), s1 = f32x4.splat(2), s2 = f32x4.splat(3), s3 = f32x4.splat(4);
  let s4 = f32x4.splat(5), s5 = f32x4.splat(6), s6 = f32x4.splat(7), s7 = f32x4.splat(8);
  let s8 = f32x4.splat(9), s9 = f32x4.splat(10), s10 = f32x4.splat(11), s11 = f32x4.splat(12);
  for (let round = 0; round < rounds; round++) {
    s0 = link(s0, a, b); s1 = link(s1, a, b); s2 = link(s2, a, b); s3 = link(s3, a, b);
    s4 = link(s4, a, b); s5 = link(s5, a, b); s6 = link(s6, a, b); s7 = link(s7, a, b);
    s8 = link(s8, a, b); s9 = link(s9, a, b); s10 = link(s10, a, b); s11 = link(s11, a, b);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), f32x4.add(s4, s5));
  const high = f32x4.add(f32x4.add(f32x4.add(s6, s7), f32x4.add(s8, s9)), f32x4.add(s10, s11));
  v128.store(result, f32x4.add(low, high));
  return CHAINS;
}
