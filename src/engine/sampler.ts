// Draws tokens from rows of logits: temperature, top-k, top-p; one Philox word per token.

import { exp, log } from '../base/exactMath.ts';
import type { GenerateRequest } from './types.ts';

type SamplingOptions = Pick<GenerateRequest, 'temperature' | 'topK' | 'topP'>;

/** Whether top-k or top-p leave tokens out. */
export function isTruncated(
  { topK, topP }: Pick<SamplingOptions, 'topK' | 'topP'>,
  vocabulary: number,
): boolean {
  return (topK > 0 && topK < vocabulary) || topP < 1;
}

/** Draws without allocating, for rows of one length. */
export class TokenSampler {
  /** Log-prob of the token drawn last, under the tempered, untruncated distribution. */
  logp = 0;
  /** exp((logit - largest) / temperature) of the row at hand; 0 outside top-k and top-p [vocabulary] */
  private readonly weights: Float64Array;
  /** Heap of token numbers for top-k and top-p [vocabulary] */
  private readonly heap: Int32Array;

  constructor(readonly vocabulary: number) {
    this.weights = new Float64Array(vocabulary);
    this.heap = new Int32Array(vocabulary);
  }

  /**
   * A token of logits[offset .. offset + vocabulary), by inverting the cumulative distribution at `uniform`.
   * Temperature 0 takes the largest logit (its log-prob is then that at temperature 1).
   */
  draw(logits: Float32Array, offset: number, options: SamplingOptions, uniform: number): number {
    const { vocabulary, weights } = this;
    const greedy = options.temperature <= 0;
    const beta = greedy ? 1 : 1 / options.temperature;
    let best = 0;
    for (let j = 1; j < vocabulary; j++) if (logits[offset + j] > logits[offset + best]) best = j;
    const top = logits[offset + best];
    let total = 0;
    for (let j = 0; j < vocabulary; j++) {
      const weight = exp((logits[offset + j] - top) * beta);
      weights[j] = weight;
      total += weight;
    }
    let token = best;
    if (!greedy) {
      const kept = this.truncate(total, options);
      let target = uniform * kept;
      for (let j = 0; j < vocabulary; j++) {
        if (weights[j] === 0) continue;
        token = j;
        target -= weights[j];
        if (target < 0) break;
      }
    }
    this.logp = (logits[offset + token] - top) * beta - log(total);
    return token;
  }

  /** Sets the weights outside top-k and top-p (nucleus, Holtzman et al. 2020) to 0; returns the mass that stays. */
  private truncate(total: number, options: SamplingOptions): number {
    const { heap, vocabulary, weights } = this;
    if (!isTruncated(options, vocabulary)) return total;
    const { topK, topP } = options;
    for (let j = 0; j < vocabulary; j++) heap[j] = j;
    for (let i = (vocabulary >> 1) - 1; i >= 0; i--) this.sink(i, vocabulary);
    let left = vocabulary;
    let mass = 0;
    const fewest = topK > 0 ? Math.max(0, vocabulary - topK) : 0;
    while (left > fewest && (left === vocabulary || mass < topP * total)) {
      mass += weights[heap[0]];
      heap[0] = heap[--left];
      this.sink(0, left);
    }
    for (let i = 0; i < left; i++) weights[heap[i]] = 0;
    return mass;
  }

  /** Lets entry i of the heap (the heaviest token first, the lower number first among equals) sink to its place. */
  private sink(i: number, length: number): void {
    const { heap } = this;
    let at = i;
    for (;;) {
      let first = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < length; child++) {
        if (this.before(heap[child], heap[first])) first = child;
      }
      if (first === at) return;
      const moved = heap[at];
      heap[at] = heap[first];
      heap[first] = moved;
      at = first;
    }
  }

  private before(a: number, b: number): boolean {
    const { weights } = this;
    return weights[a] > weights[b] || (weights[a] === weights[b] && a < b);
  }
}
