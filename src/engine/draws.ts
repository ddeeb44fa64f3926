// The tokens of one rollout, drawn on the host into arrays that are made once.

import { hashName, philox4x32, toUnitFloat } from '../random/philox.ts';
import { TokenSampler } from './sampler.ts';
import type { GenerateRequest, Generation } from './types.ts';

export class Draws {
  /** Tokens drawn so far [samples] */
  readonly counts: Int32Array;
  /** The last token of each sample [samples] */
  readonly last: Int32Array;
  /** [samples, maxNewTokens] */
  private readonly tokens: Int32Array;
  private readonly logProbs: Float32Array;
  private readonly sampler: TokenSampler;
  /** Second Philox key word of the k-th token of a sample [maxNewTokens] */
  private readonly streamKeys: Uint32Array;
  private readonly counter = new Uint32Array(4);
  private readonly words = new Uint32Array(4);

  constructor(
    private readonly request: GenerateRequest,
    private readonly samples: number,
    vocabulary: number,
  ) {
    const { maxNewTokens } = request;
    this.counts = new Int32Array(samples);
    this.last = new Int32Array(samples);
    this.tokens = new Int32Array(samples * maxNewTokens);
    this.logProbs = new Float32Array(samples * maxNewTokens);
    this.sampler = new TokenSampler(vocabulary);
    this.streamKeys = Uint32Array.from({ length: maxNewTokens }, (_, k) => hashName(`sample-${k}`));
  }

  /** Draws the next token of a sample from logits[offset .. offset + vocabulary). False: the sample ends with it. */
  draw(sample: number, logits: Float32Array, offset: number): boolean {
    const { request, sampler } = this;
    const token = sampler.draw(logits, offset, request, this.uniform(sample));
    return this.take(sample, token, sampler.logp);
  }

  /** Takes the next token of a sample, drawn elsewhere. False: the sample ends with it. */
  take(sample: number, token: number, logp: number): boolean {
    const { request } = this;
    const at = sample * request.maxNewTokens + this.counts[sample]++;
    this.tokens[at] = token;
    this.logProbs[at] = logp;
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

  /** The uniform number that the next token of a sample is drawn with: of (seed, rollout, sample, position). */
  uniform(sample: number): number {
    const { counter, request, words } = this;
    counter[2] = request.rollout;
    counter[3] = sample;
    philox4x32(counter, request.seed, this.streamKeys[this.counts[sample]], words);
    return toUnitFloat(words[0]);
  }
}
