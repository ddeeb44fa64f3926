// A rollout on the GPU: prefill, then blocks of tokens in one submit each, with one read-back per block.

import type { ModelSpec } from '../../model/graph.ts';
import { hashName } from '../../random/philox.ts';
import { checkLength } from '../plan/lengths.ts';
import { SEGMENT_WORDS } from '../plan/packing.ts';
import { isTruncated } from '../sampler.ts';
import type { GenerateRequest, Generation } from '../types.ts';
import type { Gpu } from './gpu.ts';
import type { ModelBuffers } from './modelBuffers.ts';
import type { Passes } from './passes.ts';
import type { ModelPlans } from './plans.ts';
import type { RolloutRegions } from './rolloutRegions.ts';
import type { StepBlock } from './stepBlock.ts';

/** Tokens per submit: enough that the host's turn is short beside it, few enough that finished samples drop out soon. */
export const TOKENS_PER_SUBMIT = 16;

export type RolloutContext = {
  gpu: Gpu;
  spec: ModelSpec;
  buffers: ModelBuffers;
  plans: ModelPlans;
  passes: Passes;
};

/** All samples of all prompts. @throws Error for a model without a language-model head. */
export async function rollOut(
  { gpu, spec, buffers, plans, passes }: RolloutContext,
  request: GenerateRequest,
): Promise<Generation> {
  const { groupSize, maxNewTokens } = request;
  // Each prompt stands for itself, so that its rows in the cache are one run, which its samples share.
  const prompts = { ...request.prompts, shared: undefined };
  const { decode, imageTokens: prefix } = spec;
  if (!decode || decode.logits === null) throw new Error('this model cannot generate text');
  const slots = prompts.batch * groupSize;
  const { shared, step } = buffers;
  checkLength(prompts.time + maxNewTokens);
  plans.packing.measure(prompts);
  const cacheRows = plans.packing.counts.sequences + slots * maxNewTokens;
  const truncated = isTruncated(request, decode.tensors[decode.logits].cols);
  const plan = plans.rollout({ slots, maxNewTokens, cacheRows }, truncated);
  const { regions } = plan;
  const token = await plans.forToken(plan);
  const lastRows = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
  const prefill = await passes.begin(prompts, lastRows, null, 'prefill', plan, ({ words, layout }) => {
    for (let s = 0; s < slots; s++) {
      const prompt = Math.floor(s / groupSize);
      const segment = layout.sequenceRuns.segments + prompt * SEGMENT_WORDS;
      words[regions.slots + s] = s;
      words[regions.promptEnd + s] = prefix + prompts.lengths[prompt];
      words[regions.promptStart + s] = words[segment + 2];
      words[regions.promptRows + s] = words[segment + 3];
    }
    for (let k = 0; k < maxNewTokens; k++) words[regions.streamKeys + k] = hashName(`sample-${k}`);
  });
  const { words } = prefill.bound.host;
  token.bind(buffers.bound, buffers.generation);
  setSampling(step, request);

  const counts = new Int32Array(slots);
  const done = new Uint8Array(slots);
  let state = new Uint32Array(0);
  let alive = slots;
  for (let sampled = 0; alive > 0 && sampled < maxNewTokens; ) {
    const block = Math.min(TOKENS_PER_SUBMIT, maxNewTokens - sampled);
    step.set({ sampleRows: alive });
    step.write();
    const encoder = sampled === 0 ? prefill.encoder : gpu.device.createCommandEncoder();
    let decodes = block;
    if (sampled === 0) {
      encoder.clearBuffer(shared.get('state'), 0, regions.stateLength * 4);
      const pass = encoder.beginComputePass();
      prefill.bound.program.record(pass, 'forward', step);
      prefill.bound.program.record(pass, 'sample', step);
      pass.end();
      decodes--;
    }
    const pass = encoder.beginComputePass();
    for (let i = 0; i < decodes; i++) token.record(pass, 'token', step);
    pass.end();
    const part = { buffer: shared.get('state'), offset: 0, length: regions.stateLength };
    const read = gpu.readBack(encoder, [part]);
    gpu.submit(encoder);
    state = await read((bytes) => new Uint32Array(bytes.slice(0)));
    sampled += block;
    alive = 0;
    for (let s = 0; s < slots; s++) {
      counts[s] = state[regions.counts + s];
      done[s] = state[regions.done + s];
      if (!done[s]) words[regions.slots + alive++] = s;
    }
    if (alive > 0) gpu.write(shared.get('inputs'), regions.slots, words.subarray(regions.slots), alive);
  }
  return collect(state, regions, counts, maxNewTokens);
}

function setSampling(step: StepBlock, request: GenerateRequest): void {
  const { seed, rollout, groupSize, topK, topP, eos, maxNewTokens, temperature } = request;
  const greedy = temperature <= 0;
  const inverseTemperature = greedy ? 1 : 1 / temperature;
  const words = { seed, rollout, groupSize, topK, topP, eos, maxNewTokens, inverseTemperature };
  step.set({ ...words, greedy: greedy ? 1 : 0 });
}

function collect(
  state: Uint32Array,
  regions: RolloutRegions,
  counts: Int32Array,
  maxNewTokens: number,
): Generation {
  const floats = new Float32Array(state.buffer);
  const tokens: Int32Array[] = [];
  const logProbs: Float32Array[] = [];
  counts.forEach((count, s) => {
    const at = s * maxNewTokens;
    tokens.push(Int32Array.from(state.subarray(regions.tokens + at, regions.tokens + at + count)));
    logProbs.push(floats.slice(regions.logProbs + at, regions.logProbs + at + count));
  });
  return { tokens, logProbs };
}
