// Random batches for the tests of losses and advantages: any numbers, away from the clips' kinks by chance alone.

import type { TokenLossInput } from '../../src/losses/types.ts';

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

export type BatchShape = { prompts: number; groupSize: number; time: number; seed: number; drift: number };

/** A right-padded batch; `drift` is the largest |logp - oldLogp| in nats, 0 for on-policy. */
export function randomBatch({ prompts, groupSize, time, seed, drift }: BatchShape): TokenLossInput {
  const random = uniforms(seed);
  const batch = prompts * groupSize;
  const count = batch * time;
  const between = (low: number, high: number) =>
    Float64Array.from({ length: count }, () => low + (high - low) * random());
  const mask = new Float64Array(count);
  for (let b = 0; b < batch; b += 1) {
    const length = 1 + Math.floor(random() * time);
    mask.fill(1, b * time, b * time + length);
  }
  const perSequence = Float64Array.from({ length: batch }, () => 4 * random() - 2);
  const oldLogp = between(-4, -0.05);
  const noise = between(-drift, drift);
  const refNoise = between(-0.5, 0.5);
  return {
    batch,
    time,
    groupSize,
    logp: oldLogp.map((value, i) => value + noise[i]),
    oldLogp,
    refLogp: oldLogp.map((value, i) => value + refNoise[i]),
    advantage: Float64Array.from({ length: count }, (_, i) => perSequence[Math.floor(i / time)]),
    mask,
  };
}

/** The same batch with its rows in another order. */
export function permuteRows(input: TokenLossInput, order: readonly number[]): TokenLossInput {
  const { time } = input;
  const rows = (values: ArrayLike<number>) =>
    Float64Array.from(order.flatMap((b) => Array.from({ length: time }, (_, t) => values[b * time + t])));
  return {
    ...input,
    logp: rows(input.logp),
    oldLogp: rows(input.oldLogp),
    refLogp: input.refLogp && rows(input.refLogp),
    advantage: rows(input.advantage),
    mask: rows(input.mask),
    sampleWeight: input.sampleWeight && rows(input.sampleWeight),
  };
}

/** Largest absolute difference of two arrays. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs(a[i] - b[i]);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  return worst;
}
