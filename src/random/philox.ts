// Philox4x32-10: the counter-based random numbers of the whole project, the same on CPU and GPU.

import { cos, log, sin } from '../base/exactMath.ts';

//
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
// A number is a pure function of (seed, stream, index): nothing is stored, so a resumed run draws
// what a run that never stopped would have drawn.

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** The high 32 bits of a 32 x 32 bit product. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  // Below 2^32, and exact as floats.
  return (aHigh * bHigh + (middle >>> 16) + (((middle & 0xffff) + aLow * bHigh) >>> 16)) | 0;
}

/**
 * Ten rounds of Philox4x32.
 * @param counter four 32-bit words; @param key two 32-bit words; @param out receives four 32-bit words.
 */
export function philox4x32(
  counter: ArrayLike<number>,
  key0: number,
  key1: number,
  out: Uint32Array,
): Uint32Array {
  let c0 = counter[0] | 0;
  let c1 = counter[1] | 0;
  let c2 = counter[2] | 0;
  let c3 = counter[3] | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = multiplyHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** FNV-1a hash of a name: how a stream's name becomes the second key word. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash ^= name.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash >>> 0;
}

/** A uniform float in [0, 1) with 24 bits, from one 32-bit word; exact in float32. */
export function toUnitFloat(word: number): number {
  return (word >>> 8) / 16777216;
}

/**
 * A cursor over one stream of numbers. Streams with other (seed, name, a, b) are independent.
 * `a` and `b` place the stream in a plane, e.g. (iteration, prompt index).
 */
export class RandomStream {
  private readonly counter = new Uint32Array(4);
  private readonly block = new Uint32Array(4);
  private position = 4;
  private readonly nameKey: number;
  private spareNormal: number | null = null;

  constructor(
    private readonly seed: number,
    name: string,
    a = 0,
    b = 0,
  ) {
    this.nameKey = hashName(name);
    this.counter[2] = a;
    this.counter[3] = b;
  }

  /** The next 32-bit unsigned integer. */
  nextWord(): number {
    if (this.position === 4) {
      philox4x32(this.counter, this.seed, this.nameKey, this.block);
      this.counter[0]++;
      if (this.counter[0] === 0) this.counter[1]++;
      this.position = 0;
    }
    return this.block[this.position++];
  }

  /** Uniform in [0, 1). */
  float(): number {
    return toUnitFloat(this.nextWord());
  }

  /** Uniform integer in [0, n). Bias below n / 2^32. */
  int(n: number): number {
    return Math.floor((this.nextWord() / 4294967296) * n);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** One item of a non-empty list. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)];
  }

  /** Index drawn in proportion to non-negative weights; the sum must be positive. */
  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const weight of weights) total += weight;
    let target = this.float() * total;
    for (let i = 0; i < weights.length; i++) {
      target -= weights[i];
      if (target < 0) return i;
    }
    return weights.length - 1;
  }

  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = items.slice();
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    if (this.spareNormal !== null) {
      const spare = this.spareNormal;
      this.spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * log(1 - this.float()));
    const angle = 2 * Math.PI * this.float();
    this.spareNormal = radius * sin(angle);
    return radius * cos(angle);
  }
}
