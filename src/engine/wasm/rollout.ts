// Sampling with a key-value cache: the prompts once through the full model, then one token per sample and step.

import type { ModelSpec } from '../../model/graph.ts';
import { Draws } from '../draws.ts';
import { paddedLength } from '../plan/lengths.ts';
import type { GenerateRequest, Generation } from '../types.ts';
import type { BoundPlans, Shared } from './boundPlans.ts';
import { forwardPass } from './forwardPass.ts';

/** All samples of all prompts in one batch. @throws Error for a model without a language-model head. */
export function generate(
  shared: Shared,
  spec: ModelSpec,
  plans: BoundPlans,
  request: GenerateRequest,
): Generation {
  const { prompts, groupSize, maxNewTokens } = request;
  const { decode, imageTokens: prefix } = spec;
  if (!decode || decode.logits === null) throw new Error('this model cannot generate text');
  const samples = prompts.batch * groupSize;
  const cache = plans.prepareCache(samples, prefix + paddedLength(prompts.time, maxNewTokens) + maxNewTokens);
  // The keys and values of each prompt go to one cache row per sample of it.
  shared.memory.i32(cache.counts).fill(groupSize, 0, prompts.batch);
  const firstSlots = shared.memory.i32(cache.slots);
  for (let b = 0; b < prompts.batch; b++) firstSlots[b] = b * groupSize;
  const rows = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
  const promptLogits = forwardPass(plans, 'prefill', prompts, rows).views.logits!;
  const vocabulary = decode.tensors[decode.logits].cols;
  const draws = new Draws(request, samples, vocabulary);
  /** The samples that go on, in order: the first `count`. */
  const alive = new Int32Array(samples);
  let count = 0;
  for (let s = 0; s < samples; s++) {
    if (draws.draw(s, promptLogits, Math.floor(s / groupSize) * vocabulary)) alive[count++] = s;
  }
  const counts = { pictures: 0, texts: samples, sequences: samples, segments: 0, keys: 0, outputs: samples };
  const { program, views } = plans.bind('decode', counts);
  const { keyStart } = views;
  const { tokens, positions } = views.packed;
  const { active, forward } = program;
  const slots = shared.memory.i32(cache.slots);
  while (count > 0) {
    // The inputs of a step: the last token of each sample that is still alive.
    for (let row = 0; row < count; row++) {
      const sample = alive[row];
      const prompt = Math.floor(sample / groupSize);
      slots[row] = sample;
      tokens[row] = draws.last[sample];
      positions[row] = prefix + prompts.lengths[prompt] + draws.counts[sample] - 1;
      keyStart[row] = prompts.hasImage[prompt] ? 0 : prefix;
    }
    active.texts = count;
    active.sequences = count;
    for (let i = 0; i < forward.length; i++) forward[i]();
    let left = 0;
    for (let row = 0; row < count; row++) {
      if (draws.draw(alive[row], views.logits!, row * vocabulary)) alive[left++] = alive[row];
    }
    count = left;
  }
  return draws.generation();
}
