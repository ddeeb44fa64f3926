// Sampling with a key-value cache: the prompts once through the full model, then one token per sample and step.

import type { ModelSpec } from '../../model/graph.ts';
import { Draws } from '../draws.ts';
import { checkLength } from '../plan/lengths.ts';
import { SEGMENT_WORDS, setSegment } from '../plan/packing.ts';
import type { Plan } from '../plan/plan.ts';
import { decodeCounts } from '../plan/planShape.ts';
import { isTruncated } from '../sampler.ts';
import type { GenerateRequest, Generation } from '../types.ts';
import type { BoundPlans, Shared } from './boundPlans.ts';
import { forwardPass } from './forwardPass.ts';
import type { PlanViews } from './planViews.ts';

/** All samples of all prompts in one batch. @throws Error for a model without a language-model head. */
export function generate(
  shared: Shared,
  spec: ModelSpec,
  plans: BoundPlans,
  request: GenerateRequest,
): Generation {
  const { groupSize, maxNewTokens } = request;
  // Each prompt stands for itself, so that its rows in the cache are one run.
  const prompts = { ...request.prompts, shared: undefined };
  const { decode, imageTokens: prefix } = spec;
  if (!decode || decode.logits === null) throw new Error('this model cannot generate text');
  const samples = prompts.batch * groupSize;
  checkLength(prompts.time + maxNewTokens);
  const { packing } = plans;
  packing.measure(prompts);
  const promptRows = packing.counts.sequences;
  plans.prepareCache(promptRows + samples * maxNewTokens);
  const rows = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
  const prefill = forwardPass(plans, 'prefill', prompts, rows).views;
  const promptLogits = prefill.logits!;
  /** The rows of each prompt in the cache, as segments. */
  const places = prefill.packed.segments.slice(0, prompts.batch * SEGMENT_WORDS);
  const vocabulary = decode.tensors[decode.logits].cols;
  const draws = new Draws(request, samples, vocabulary);
  /** The samples that go on, in order: the first `count`. */
  const alive = new Int32Array(samples);
  let count = 0;
  for (let s = 0; s < samples; s++) {
    if (draws.draw(s, promptLogits, Math.floor(s / groupSize) * vocabulary)) alive[count++] = s;
  }
  const { plan, program, views } = plans.bind('decode', decodeCounts(samples));
  // Truncated distributions are rare, and drawn on the host.
  const draw = isTruncated(request, vocabulary) ? null : sampler(shared, plan, views, request);
  const { tokens, positions, segments } = views.packed;
  const { active, forward } = program;
  for (const prepare of program.prepare) prepare();
  while (count > 0) {
    // The inputs of a step: the last token of each sample that is still alive.
    for (let row = 0; row < count; row++) {
      const sample = alive[row];
      const prompt = Math.floor(sample / groupSize);
      const before = draws.counts[sample] - 1;
      const place = prompt * SEGMENT_WORDS;
      tokens[row] = draws.last[sample];
      positions[row] = prefix + prompts.lengths[prompt] + before;
      setSegment(
        segments,
        row,
        places[place + 2],
        places[place + 3],
        promptRows + sample * maxNewTokens,
        before,
        0,
      );
    }
    active.texts = count;
    active.sequences = count;
    for (let i = 0; i < forward.length; i++) forward[i]();
    if (draw) draw(draws, alive, count);
    let left = 0;
    for (let row = 0; row < count; row++) {
      const goesOn = draw
        ? draws.take(alive[row], views.targets[row], views.outputs.logp[row])
        : draws.draw(alive[row], views.logits!, row * vocabulary);
      if (goesOn) alive[left++] = alive[row];
    }
    count = left;
  }
  return draws.generation();
}

/** Draws a token and its log-prob for the first `count` rows into the plan's targets and log-probs. */
function sampler(shared: Shared, plan: Plan, views: PlanViews, { temperature }: GenerateRequest) {
  const { kernels, arena, scratch } = shared;
  const at = (offset: number) => arena.region.pointer + offset * 4;
  const { inputs, graph, values } = plan;
  const logits = graph.logits!;
  const [z, tokens, logProbs] = [at(values[logits]), at(inputs.targets), at(inputs.logp)];
  // What the loss would weigh tokens with holds the sampler's numbers here.
  const [uniforms, options] = [at(inputs.entropyWeights), at(inputs.logpWeights)];
  const { cols } = graph.tensors[logits];
  return (draws: Draws, alive: Int32Array, count: number) => {
    views.logpWeights[0] = temperature <= 0 ? 0 : 1 / temperature;
    for (let row = 0; row < count; row++) views.entropyWeights[row] = draws.uniform(alive[row]);
    kernels.sampleRows(z, uniforms, options, count, cols, tokens, logProbs, scratch.pointer);
  };
}
