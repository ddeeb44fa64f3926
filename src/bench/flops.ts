// How many floating-point operations the task needs, counted from the model's own list of operations.
//
// Counted are the matrix products and attention's two products over the pairs that the mask leaves, a multiplication and an addition
// each (2 per weight and row forward, 4 backward; Kaplan et al. 2020, arXiv 2001.08361, sec. 2.1). Norms, activations, softmax and
// Adam are left out, and so is whatever a contestant computes beyond the need: all are held to the same count.

import type { Graph, ModelSpec, TensorId } from '../model/graph.ts';
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

/** Rows of each unit, and the query-key pairs of an attention over the sequence. */
type Shape = {
  image: number;
  text: number;
  sequence: number;
  output: number;
  fullPairs: number;
  causalPairs: number;
};

/** A batch of whole sequences: P image tokens, then `time` text tokens; `outputs` rows go to the head. */
export function batchShape(imageTokens: number, batch: number, time: number, outputs: number): Shape {
  const p = imageTokens;
  return {
    image: batch * p,
    text: batch * time,
    sequence: batch * (p + time),
    output: outputs,
    fullPairs: batch * p * p,
    // Image rows see the image, text row t sees p + t + 1 keys.
    causalPairs: batch * (p * p + time * p + (time * (time + 1)) / 2),
  };
}

function parameterSize(spec: ModelSpec, name: string): number {
  return spec.layout.slices.find((slice) => slice.name === name)?.size ?? 0;
}

/** Forward pass, and backward pass on top when `training`. */
export function graphFlops(spec: ModelSpec, graph: Graph, shape: Shape, training: boolean): number {
  const rows = (id: TensorId) => shape[graph.tensors[id].unit] * graph.tensors[id].multiplier;
  const inputs = new Set(graph.operations.filter(({ op }) => op === 'patches').map(({ out }) => out));
  let flops = 0;
  for (const operation of graph.operations) {
    if (operation.op === 'linear') {
      const forward = 2 * rows(operation.out) * parameterSize(spec, operation.weight);
      // The pixels need no gradient.
      flops += forward * (training ? (inputs.has(operation.x) ? 2 : 3) : 1);
    }
    if (operation.op === 'attention') {
      const { width } = spec.dimensions;
      const pairs = operation.mask === 'full' ? shape.fullPairs : shape.causalPairs;
      flops += 4 * width * pairs * (training ? 3 : 1);
    }
  }
  return flops;
}

/** One sampled response per item: prompts once per group, then a row per token that reads its predecessors. */
function rolloutFlops(spec: ModelSpec, prompts: number): number {
  const prefill = graphFlops(
    spec,
    spec.full,
    batchShape(spec.imageTokens, prompts, PROMPT_TOKENS, prompts),
    false,
  );
  const items = prompts * GROUP_SIZE;
  let decode = 0;
  // The first token comes from the prefill.
  for (let step = 1; step < RESPONSE_TOKENS; step++) {
    const keys = spec.imageTokens + PROMPT_TOKENS + step;
    const shape: Shape = {
      image: 0,
      text: items,
      sequence: items,
      output: items,
      fullPairs: 0,
      causalPairs: items * keys,
    };
    decode += graphFlops(spec, spec.decode!, shape, false);
  }
  return prefill + decode;
}

/** The figures of one size: parameters, tokens and operations of an SFT step, a rollout and an RL iteration. */
export function sizeFigures(size: BenchSize): SizeFigures {
  const spec = policySpec(size.model);
  const scorer = scorerSpec(size.model);
  const { batch } = size;
  const responseTokens = batch * RESPONSE_TOKENS;
  const whole = batchShape(spec.imageTokens, batch, TEXT_TOKENS, responseTokens);
  const sft = graphFlops(spec, spec.full, whole, true);
  const rollout = rolloutFlops(spec, batch / GROUP_SIZE);
  const scoring = graphFlops(scorer, scorer.full, { ...whole, output: batch }, false);
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
