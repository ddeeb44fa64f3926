// How many floating-point operations the task needs, counted from the model's own list of operations.
//
// Counted are the matrix products and attention's two products over the pairs that the mask leaves, a multiplication and an addition
// each (2 per weight and row forward, 4 backward; Kaplan et al. 2020, arXiv 2001.08361, sec. 2.1). Norms, activations, softmax and
// Adam are left out, and so is whatever a contestant computes beyond the need: all are held to the same count.

import { type PlanShape, rowCount } from '../engine/plan/plan.ts';
import type { Graph, ModelSpec } from '../model/graph.ts';
import { sliceFinder } from '../model/spec.ts';
import {
  type BenchSize,
  GROUP_SIZE,
  PROMPT_TOKENS,
  policySpec,
  RESPONSE_TOKENS,
  scorerSpec,
  TEXT_TOKENS,
} from './task.ts';
import type { SizeFigures } from './types.ts';

/** Query-key pairs of whole sequences: image rows see the image, text row t sees p + t + 1 keys. */
function causalPairs({ imageTokens: p }: ModelSpec, { batch, time }: PlanShape): number {
  return batch * (p * p + time * p + (time * (time + 1)) / 2);
}

/**
 * Forward pass, and backward pass on top when `training`. `pairs`: query-key pairs of an attention over the sequence, those of
 * whole sequences unless given.
 */
export function graphFlops(
  spec: ModelSpec,
  graph: Graph,
  shape: PlanShape,
  training: boolean,
  pairs = causalPairs(spec, shape),
): number {
  const slice = sliceFinder(spec.layout);
  const inputs = new Set(graph.operations.filter(({ op }) => op === 'patches').map(({ out }) => out));
  let flops = 0;
  for (const operation of graph.operations) {
    if (operation.op === 'linear') {
      const forward = 2 * rowCount(graph, operation.out, shape) * slice(operation.weight).size;
      // The pixels need no gradient.
      flops += forward * (training ? (inputs.has(operation.x) ? 2 : 3) : 1);
    }
    if (operation.op === 'attention') {
      const seen = operation.mask === 'full' ? shape.batch * spec.imageTokens ** 2 : pairs;
      flops += 4 * spec.dimensions.width * seen * (training ? 3 : 1);
    }
  }
  return flops;
}

/** One sampled response per item: prompts once per group, then a row per token that reads its predecessors. */
function rolloutFlops(spec: ModelSpec, prompts: number): number {
  const items = prompts * GROUP_SIZE;
  let flops = graphFlops(spec, spec.full, { batch: prompts, time: PROMPT_TOKENS, outputs: prompts }, false);
  // The first token comes from the prefill.
  for (let step = 1; step < RESPONSE_TOKENS; step++) {
    const keys = spec.imageTokens + PROMPT_TOKENS + step;
    flops += graphFlops(spec, spec.decode!, { batch: items, time: 1, outputs: items }, false, items * keys);
  }
  return flops;
}

/** The figures of one size: parameters, tokens and operations of an SFT step, a rollout and an RL iteration. */
export function sizeFigures(size: BenchSize): SizeFigures {
  const spec = policySpec(size.model);
  const scorer = scorerSpec(size.model);
  const { batch } = size;
  const responseTokens = batch * RESPONSE_TOKENS;
  const whole = { batch, time: TEXT_TOKENS, outputs: responseTokens };
  const sft = graphFlops(spec, spec.full, whole, true);
  const rollout = rolloutFlops(spec, batch / GROUP_SIZE);
  const scoring = graphFlops(scorer, scorer.full, { ...whole, outputs: batch }, false);
  const reference = graphFlops(spec, spec.full, whole, false);
  return {
    name: size.name,
    model: size.model,
    batch,
    parameters: spec.layout.count,
    // The update steps go over every response once, in parts.
    flops: { sft, rl: rollout + scoring + reference + sft, rollout },
    trainedTokens: batch * TEXT_TOKENS,
    sampledTokens: responseTokens,
  };
}
