// The tokens of one rollout, drawn into arrays that are made once: the numbers of ../sampler.ts without its garbage.

import { hashName, philox4x32, toUnitFloat } from '../../random/philox.ts';
import type { GenerateRequest, Generation } from '../types.ts';

export class Draws {
  /** Tokens drawn so far [samples] */
  readonly counts: Int32Array;
  /** The last token of each sample [samples] */
  readonly last: Int32Array;
  /** [samples, maxNewTokens] */
  private readonly tokens: Int32Array;
  private readonly logProbs: Float32Array;
  /** exp((logit - largest) / temperature) of the row at hand; 0 once it is cut off [vocabulary] */
  private readonly weights: Float64Array;
  /** Heap of token numbers for top-k and top-p [vocabulary] */
  private readonly heap: Int32Array;
  /** Second Philox key word of the k-th token of a sample [maxNewTokens] */
  private readonly streamKeys: Uint32Array;
  private readonly counter = new Uint32Array(4);
  private readonly words = new Uint32Array(4);

  constructor(
    private readonly request: GenerateRequest,
    private readonly samples: number,
    private readonly vocabulary: number,
  ) {
    const { maxNewTokens } = request;
    this.counts = new Int32Array(samples);
    this.last = new Int32Array(samples);
    this.tokens = new Int32Array(samples * maxNewTokens);
    this.logProbs = new Float32Array(samples * maxNewTokens);
    this.weights = new Float64Array(vocabulary);
    this.heap = new Int32Array(vocabulary);
    this.streamKeys = Uint32Array.from({ length: maxNewTokens }, (_, k) => hashName(`sample-${k}`));
  }

  /** Draws the next token of a sample from logits[offset .. offset + vocabulary). False: the sample ends with it. */
  draw(sample: number, logits: Float32Array, offset: number): boolean {
    const { request, vocabulary, weights } = this;
    const greedy = request.temperature <= 0;
    const beta = greedy ? 1 : 1 / request.temperature;
    let best = 0;
    for (let j = 1; j < vocabulary; j++) if (logits[offset + j] > logits[offset + best]) best = j;
    const top = logits[offset + best];
    let total = 0;
    for (let j = 0; j < vocabulary; j++) {
      const weight = Math.exp((logits[offset + j] - top) * beta);
      weights[j] = weight;
      total += weight;
    }
    let token = best;
    if (!greedy) {
      const kept = this.truncate(total);
      let target = this.uniform(sample) * kept;
      for (let j = 0; j < vocabulary; j++) {
        if (weights[j] === 0) continue;
        token = j;
        target -= weights[j];
        if (target < 0) break;
      }
    }
    const at = sample * request.maxNewTokens + this.counts[sample]++;
    this.tokens[at] = token;
    this.logProbs[at] = (logits[offset + token] - top) * beta - Math.log(total);
    this.last[sample] = token;
    return token !== request.eos && this.counts[sample] < request.maxNewTokens;
  }

  /** The tokens and log-probs of all samples, as copies. */
  generation(): Generation {
    const { counts, logProbs, request, samples, tokens } = this;
    const generation: Generation = { tokens: [], logProbs: [] };
    for (let s = 0; s < samples; s++) {
      const start = s * request.maxNewTokens;
      generation.tokens.push(tokens.slice(start, start + counts[s]));
      generation.logProbs.push(logProbs.slice(start, start + counts[s]));
    }
    return generation;
  }

  /** The uniform number of (seed, rollout, sample, position). */
  private uniform(sample: number): number {
    const { counter, request, words } = this;
    counter[2] = request.rollout;
    counter[3] = sample;
    philox4x32(counter, request.seed, this.streamKeys[this.counts[sample]], words);
    return toUnitFloat(words[0]);
  }

  /** Sets the weights outside top-k and top-p (nucleus, Holtzman et al. 2020) to 0; returns the mass that stays. */
  private truncate(total: number): number {
    const { heap, vocabulary, weights } = this;
    const { topK, topP } = this.request;
    const limitK = topK > 0 && topK < vocabulary;
    if (!limitK && topP >= 1) return total;
    for (let j = 0; j < vocabulary; j++) heap[j] = j;
    for (let i = (vocabulary >> 1) - 1; i >= 0; i--) this.sink(i, vocabulary);
    let left = vocabulary;
    let mass = 0;
    const fewest = vocabulary - (limitK ? topK : vocabulary);
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
