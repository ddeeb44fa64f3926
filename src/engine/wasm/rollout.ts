// Sampling with a key-value cache: the prompts once through the full model, then one token per sample and step.

import type { ModelSpec } from '../../model/graph.ts';
import { Draws } from '../draws.ts';
import { paddedLength } from '../plan/lengths.ts';
import type { GenerateRequest, Generation, SequenceBatch } from '../types.ts';
import type { Bound, BoundPlans, Shared } from './boundPlans.ts';
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
  const time = paddedLength(prompts.time, maxNewTokens);
  const cache = plans.prepareCache(samples, prefix + time + maxNewTokens);
  fillSlots(shared.memory.i32(cache.slots), shared.memory.i32(cache.counts), prompts.batch, groupSize);
  const rows = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
  const prefilled = forwardPass(plans, spec, 'prefill', prompts, rows);
  const vocabulary = decode.tensors[decode.logits].cols;
  const draws = new Draws(request, samples, vocabulary);
  const promptLogits = prefilled.views.logits!;
  const alive = new Int32Array(samples);
  let count = 0;
  for (let s = 0; s < samples; s++) {
    if (draws.draw(s, promptLogits, Math.floor(s / groupSize) * vocabulary)) alive[count++] = s;
  }
  const bound = plans.bind('decode', samples, 1, samples);
  const slots = shared.memory.i32(cache.slots);
  while (count > 0) {
    writeTokens(bound, slots, alive, count, draws, prompts, groupSize, prefix);
    const { active, forward } = bound.program;
    active.rows = count;
    for (let i = 0; i < forward.length; i++) forward[i]();
    count = drawAll(bound, alive, count, draws, vocabulary);
  }
  return draws.generation();
}

/** Where the keys and values of each prompt go: one cache row per sample of it. */
function fillSlots(slots: Int32Array, counts: Int32Array, prompts: number, groupSize: number): void {
  for (let b = 0; b < prompts; b++) {
    slots[b] = b * groupSize;
    counts[b] = groupSize;
  }
}

/** The inputs of one decode step: the last token of each sample that is still alive. */
function writeTokens(
  bound: Bound,
  slots: Int32Array,
  alive: Int32Array,
  count: number,
  draws: Draws,
  prompts: SequenceBatch,
  groupSize: number,
  prefix: number,
): void {
  const { tokens, positions, keyStart } = bound.views;
  for (let row = 0; row < count; row++) {
    const sample = alive[row];
    const prompt = Math.floor(sample / groupSize);
    slots[row] = sample;
    tokens[row] = draws.last[sample];
    positions[row] = prefix + prompts.lengths[prompt] + draws.counts[sample] - 1;
    keyStart[row] = prompts.hasImage[prompt] ? 0 : prefix;
  }
}

/** Draws a token for each row; `alive` keeps the samples that go on, in order. Returns their number. */
function drawAll(bound: Bound, alive: Int32Array, count: number, draws: Draws, vocabulary: number): number {
  const logits = bound.views.logits!;
  let left = 0;
  for (let row = 0; row < count; row++) {
    if (draws.draw(alive[row], logits, row * vocabulary)) alive[left++] = alive[row];
  }
  return left;
}
