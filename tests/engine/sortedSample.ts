// Single draws: by the sampler, and the plain way, by sorting all tokens, which is the reference of the samplers.

import { TokenSampler } from '../../src/engine/sampler.ts';
import type { GenerateRequest } from '../../src/engine/types.ts';
import { RandomStream } from '../../src/random/philox.ts';

type SamplingOptions = Pick<GenerateRequest, 'temperature' | 'topK' | 'topP'>;

/** The uniform number of (seed, rollout, sample, position). */
export function sampleUniform(seed: number, rollout: number, sample: number, position: number): number {
  return new RandomStream(seed, `sample-${position}`, rollout, sample).float();
}

/** A token of logits[offset .. offset + vocabulary) and its log-prob; see TokenSampler. */
export function sampleToken(
  logits: Float32Array,
  offset: number,
  vocabulary: number,
  options: SamplingOptions,
  uniform: number,
): { token: number; logp: number } {
  const sampler = new TokenSampler(vocabulary);
  return { token: sampler.draw(logits, offset, options, uniform), logp: sampler.logp };
}

const weights = new Float64Array(4096);

/** What sampleToken gives, with the tokens sorted where some are cut off. */
export function sortedSample(
  logits: Float32Array,
  offset: number,
  vocabulary: number,
  options: SamplingOptions,
  uniform: number,
): { token: number; logp: number } {
  const greedy = options.temperature <= 0;
  const beta = greedy ? 1 : 1 / options.temperature;
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
    const kept = truncate(vocabulary, total, options.topK, options.topP);
    let target = uniform * kept;
    for (let j = 0; j < vocabulary; j++) {
      if (weights[j] === 0) continue;
      token = j;
      target -= weights[j];
      if (target < 0) break;
    }
  }
  return { token, logp: (logits[offset + token] - top) * beta - Math.log(total) };
}

/** Sets the weights outside top-k and top-p (nucleus, Holtzman et al. 2020) to 0; returns the mass that stays. */
function truncate(vocabulary: number, total: number, topK: number, topP: number): number {
  const limitK = topK > 0 && topK < vocabulary;
  if (!limitK && topP >= 1) return total;
  const order = Array.from({ length: vocabulary }, (_, j) => j).sort(
    (a, b) => weights[b] - weights[a] || a - b,
  );
  let kept = 0;
  let mass = 0;
  const most = limitK ? topK : vocabulary;
  while (kept < most && (kept === 0 || mass < topP * total)) mass += weights[order[kept++]];
  for (let i = kept; i < vocabulary; i++) weights[order[i]] = 0;
  return mass;
}
