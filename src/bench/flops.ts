// How many floating-point operations the task needs, counted from the model's own list of operations.
//
// Counted are the matrix products and attention's two products over the pairs that the mask leaves, a multiplication and an addition
// each (2 per weight and row forward, 4 backward; Kaplan et al. 2020, arXiv 2001.08361, sec. 2.1). Norms, activations, softmax and
// Adam are left out, and so is whatever a contestant computes beyond the need: all are held to the same count. The need is that of
// the outputs asked for: the last layer's queries and what follows them for the output rows alone, and in RL the prompt and picture
// of a group once.

import { sum } from '../base/numbers.ts';
import { type PlanShape, rowCount } from '../engine/plan/planShape.ts';
import type { GenerateRequest, OutputRows, SequenceBatch } from '../engine/types.ts';
import type { Graph, ModelSpec, Operation } from '../model/graph.ts';
import { sliceFinder } from '../model/spec.ts';
import { type BenchSize, type Judged, type Scored, scorerSpec } from './task.ts';
import type { SizeFigures } from './types.ts';
import { workOf } from './worldWork.ts';

/** Rows that are needed, and query-key pairs of an attention over the sequence: all of them, and those of the output rows. */
type Need = Omit<PlanShape, 'segments' | 'keys'> & { pairs: number; outputPairs: number };

/** What a batch with outputs asked of `rows` needs: what an item has in common with the one before it is there already. */
export function needOf(
  { imageTokens }: Pick<ModelSpec, 'imageTokens'>,
  { batch, time, lengths, hasImage, shared }: SequenceBatch,
  rows: OutputRows,
): Need {
  const need = { pictures: 0, texts: 0, sequences: 0, outputs: rows.length, pairs: 0, outputPairs: 0 };
  const imageRows = (b: number) => (hasImage[b] ? imageTokens : 0);
  for (let b = 0; b < batch; b++) {
    const common = shared?.[b] ?? 0;
    const image = imageRows(b);
    if (common === 0 && image > 0) {
      need.pictures++;
      need.pairs += image ** 2;
    }
    need.texts += lengths[b] - common;
    for (let t = common; t < lengths[b]; t++) need.pairs += image + t + 1;
  }
  need.sequences = need.pictures * imageTokens + need.texts;
  for (const row of rows) need.outputPairs += imageRows(Math.floor(row / time)) + (row % time) + 1;
  return need;
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

/** Forward pass over a batch, and backward pass on top when `training`. */
function batchFlops(spec: ModelSpec, { batch, rows }: Scored | Judged, training: boolean): number {
  return graphFlops(spec, spec.full, needOf(spec, batch, rows), training);
}

/** Prompts once per group, then a row per sample and token that reads its predecessors. */
function rolloutFlops(spec: ModelSpec, { prompts, groupSize, maxNewTokens }: GenerateRequest): number {
  const last = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
  const prefill = needOf(spec, prompts, last);
  let flops = graphFlops(spec, spec.full, prefill, false);
  const items = prompts.batch * groupSize;
  // The first token comes from the prefill.
  for (let step = 1; step < maxNewTokens; step++) {
    const pairs = groupSize * prefill.outputPairs + items * step;
    const rows = { pictures: 0, texts: items, sequences: items, outputs: items };
    flops += graphFlops(spec, spec.decode!, { ...rows, pairs, outputPairs: pairs }, false);
  }
  return flops;
}

/** The figures of one size: parameters, tokens and operations, counted on its own batches. */
export function sizeFigures(size: BenchSize): SizeFigures {
  const work = workOf(size);
  const { spec, sft, heads } = work;
  const scorer = scorerSpec(size.model);
  const request = work.request(0);
  const sampledTokens = request.prompts.batch * request.groupSize * request.maxNewTokens;
  const { scoring, reference, update } = work.iteration(new Int32Array(sampledTokens));
  const of = (model: ModelSpec, batches: readonly (Scored | Judged)[], training: boolean) =>
    sum(batches.map((batch) => batchFlops(model, batch, training)));
  const rollout = rolloutFlops(spec, request);
  return {
    name: size.name,
    model: size.model,
    batch: size.batch,
    parameters: spec.layout.count,
    flops: {
      sft: of(spec, sft, true) / sft.length,
      heads: of(scorer, heads, true) / Math.max(1, heads.length),
      rl: rollout + of(scorer, scoring, false) + of(spec, reference, false) + of(spec, update, true),
      rollout,
    },
    trainedTokens: sum(sft.map(({ batch }) => sum(batch.lengths))) / sft.length,
    sampledTokens,
  };
}
