// How many floating-point operations the task needs, counted from the model's own list of operations.
//
// Counted are the matrix products and attention's two products over the pairs that the mask leaves, a multiplication and an addition
// each (2 per weight and row forward, 4 backward; Kaplan et al. 2020, arXiv 2001.08361, sec. 2.1). Norms, activations, softmax and
// Adam are left out, and so is whatever a contestant computes beyond the need: all are held to the same count. The need is that of
// the outputs asked for: the last layer's queries and what follows them for the output rows alone, and in RL the prompt and picture
// of a group once. The items of a supervised batch are taken to have nothing in common, for those of a data set have not.

import { type PlanShape, rowCount } from '../engine/plan/planShape.ts';
import type { Graph, ModelSpec, Operation } from '../model/graph.ts';
import { sliceFinder } from '../model/spec.ts';
import {
  type BenchSize,
  GROUP_SIZE,
  OUTPUT_POSITIONS,
  PROMPT_TOKENS,
  policySpec,
  RESPONSE_TOKENS,
  scorerSpec,
  TEXT_TOKENS,
} from './task.ts';
import type { SizeFigures } from './types.ts';

/** Rows that are needed, and query-key pairs of an attention over the sequence: all of them, and those of the output rows. */
type Need = Omit<PlanShape, 'segments' | 'keys'> & { pairs: number; outputPairs: number };

/** Sequences of a picture and `time` tokens, outputs asked of the text positions `asked`; `group` items share `common` tokens. */
export function needOf(
  { imageTokens }: Pick<ModelSpec, 'imageTokens'>,
  {
    items,
    time,
    asked,
    group = 1,
    common = 0,
  }: { items: number; time: number; asked: readonly number[]; group?: number; common?: number },
): Need {
  const keysSeen = (from: number, to: number) =>
    (to - from) * imageTokens + (to * (to + 1) - from * (from + 1)) / 2;
  const prefixes = items / group;
  const texts = prefixes * common + items * (time - common);
  const asker = asked.reduce((sum, t) => sum + keysSeen(t, t + 1), 0);
  return {
    pictures: prefixes,
    texts,
    sequences: prefixes * imageTokens + texts,
    outputs: items * asked.length,
    pairs: prefixes * (imageTokens ** 2 + keysSeen(0, common)) + items * keysSeen(common, time),
    outputPairs: items * asker,
  };
}

/** Whether only the output rows of an operation's result are read. */
function isGathered({ operations }: Graph, { out }: Operation): boolean {
  const readers = operations.filter(
    (other) => ('x' in other && other.x === out) || ('residual' in other && other.residual === out),
  );
  return readers.length > 0 && readers.every(({ op }) => op === 'gather');
}

/** Whether the result of a layer becomes queries, keys and values of which only the output rows' queries are read. */
function feedsGathered(graph: Graph, { out }: Operation): boolean {
  return graph.operations.some(
    (other) =>
      'x' in other &&
      other.x === out &&
      ((other.op === 'attention' && isGathered(graph, other)) ||
        (other.op === 'rope' && feedsGathered(graph, other))),
  );
}

/** Forward pass, and backward pass on top when `training`. */
export function graphFlops(spec: ModelSpec, graph: Graph, need: Need, training: boolean): number {
  const slice = sliceFinder(spec.layout);
  const inputs = new Set(graph.operations.filter(({ op }) => op === 'patches').map(({ out }) => out));
  let flops = 0;
  for (const operation of graph.operations) {
    if (operation.op === 'linear') {
      const all = rowCount(graph, operation.out, need);
      const rows = feedsGathered(graph, operation) ? (2 * all + need.outputs) / 3 : all;
      // The pixels need no gradient.
      flops += 2 * rows * slice(operation.weight).size * (training ? (inputs.has(operation.x) ? 2 : 3) : 1);
    }
    if (operation.op === 'attention') {
      const causal = isGathered(graph, operation) ? need.outputPairs : need.pairs;
      const seen = operation.mask === 'full' ? need.pictures * spec.imageTokens ** 2 : causal;
      flops += 4 * spec.dimensions.width * seen * (training ? 3 : 1);
    }
  }
  return flops;
}

/** One sampled response per item: prompts once per group, then a row per token that reads its predecessors. */
function rolloutFlops(spec: ModelSpec, prompts: number): number {
  const items = prompts * GROUP_SIZE;
  const prefill = needOf(spec, { items: prompts, time: PROMPT_TOKENS, asked: [PROMPT_TOKENS - 1] });
  let flops = graphFlops(spec, spec.full, prefill, false);
  // The first token comes from the prefill.
  for (let step = 1; step < RESPONSE_TOKENS; step++) {
    const pairs = items * (spec.imageTokens + PROMPT_TOKENS + step);
    const rows = { pictures: 0, texts: items, sequences: items, outputs: items };
    flops += graphFlops(spec, spec.decode!, { ...rows, pairs, outputPairs: pairs }, false);
  }
  return flops;
}

/** The figures of one size: parameters, tokens and operations of an SFT step, a rollout and an RL iteration. */
export function sizeFigures(size: BenchSize): SizeFigures {
  const spec = policySpec(size.model);
  const scorer = scorerSpec(size.model);
  const { batch } = size;
  const responseTokens = batch * RESPONSE_TOKENS;
  const items = { items: batch, time: TEXT_TOKENS, asked: OUTPUT_POSITIONS };
  const grouped = { ...items, group: GROUP_SIZE, common: PROMPT_TOKENS };
  const sft = graphFlops(spec, spec.full, needOf(spec, items), true);
  const rollout = rolloutFlops(spec, batch / GROUP_SIZE);
  const last = needOf(scorer, { ...grouped, asked: [TEXT_TOKENS - 1] });
  const scoring = graphFlops(scorer, scorer.full, last, false);
  const need = needOf(spec, grouped);
  const reference = graphFlops(spec, spec.full, need, false);
  // Over every response once, in parts of whole groups.
  const updates = graphFlops(spec, spec.full, need, true);
  return {
    name: size.name,
    model: size.model,
    batch,
    parameters: spec.layout.count,
    flops: { sft, rl: rollout + scoring + reference + updates, rollout },
    trainedTokens: batch * TEXT_TOKENS,
    sampledTokens: responseTokens,
  };
}
