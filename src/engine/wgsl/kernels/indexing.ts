// Embeddings and row moves: one vector of a target row per invocation. Offsets point into the arena unless said.

import type { KernelUse } from '../kernel.ts';
import { type Cut, cut, type VectorKernel, vectorUse } from './elementwiseRows.ts';

export { groupByIndex } from './indexingGroups.ts';

/** out[rows, cols] = table[tokens[row]]; the table lies in `parameters`, the tokens in `inputs`. */
export function embed(
  spec: { cols: number },
  words: { table: number; tokens: number; out: number; rows: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `embed-${spec.cols}`,
    rows: 'op.rows',
    vectors: shape.vectors,
    fields: ['table', 'tokens', 'out', 'rows'],
    buffers: { arena: shape.view, parameters: shape.view, inputs: 'u32' },
    body: `
  let token = inputs[op.tokens + row];
  arena[${shape.at('out')} + i] = parameters[${shape.at('table')} + token * ${shape.vectors}u + c];`,
  };
  return vectorUse(parts, words, words.rows);
}

/** Embeds the last sampled token of the `step.rows` rows of a decode step: state[current + slot], slot = inputs[slots + row]. */
export function embedDecode(
  spec: { cols: number },
  words: { table: number; out: number; slots: number; current: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `embedDecode-${spec.cols}`,
    rows: 'step.rows',
    vectors: shape.vectors,
    fields: ['table', 'out', 'slots', 'current'],
    buffers: { arena: shape.view, parameters: shape.view, inputs: 'u32', state: 'u32' },
    body: `
  let token = state[op.current + inputs[op.slots + row]];
  arena[${shape.at('out')} + i] = parameters[${shape.at('table')} + token * ${shape.vectors}u + c];`,
  };
  return vectorUse(parts, words, 0);
}

/** WGSL: where row `row` of [batch, first + second] stands in its own part. */
const PART = `
  let time = op.first + op.second;
  let item = row / time;
  let t = row % time;`;

/** Joins image[batch, first] and text[batch, second] rows into out[batch, first + second]. */
export function joinRows(
  spec: { cols: number },
  words: { image: number; text: number; out: number; batch: number; first: number; second: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `joinRows-${spec.cols}`,
    rows: 'op.batch * (op.first + op.second)',
    vectors: shape.vectors,
    fields: ['image', 'text', 'out', 'batch', 'first', 'second'],
    buffers: { arena: shape.view },
    body: `${PART}
  var source = ${shape.at('image')} + (item * op.first + t) * ${shape.vectors}u;
  if (t >= op.first) { source = ${shape.at('text')} + (item * op.second + t - op.first) * ${shape.vectors}u; }
  arena[${shape.at('out')} + i] = arena[source + c];`,
  };
  return vectorUse(parts, words, words.batch * (words.first + words.second));
}

/** The inverse of joinRows, and its backward pass: joined[batch, first + second] into image and text rows. */
export function splitRows(
  spec: { cols: number },
  words: { joined: number; image: number; text: number; batch: number; first: number; second: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `splitRows-${spec.cols}`,
    rows: 'op.batch * (op.first + op.second)',
    vectors: shape.vectors,
    fields: ['joined', 'image', 'text', 'batch', 'first', 'second'],
    buffers: { arena: shape.view },
    body: `${PART}
  var place = ${shape.at('image')} + (item * op.first + t) * ${shape.vectors}u;
  if (t >= op.first) { place = ${shape.at('text')} + (item * op.second + t - op.first) * ${shape.vectors}u; }
  arena[place + c] = arena[${shape.at('joined')} + i];`,
  };
  return vectorUse(parts, words, words.batch * (words.first + words.second));
}

/** out[rows, cols] = x[index[row]]; the index lies in `inputs`. */
export function gatherRows(
  spec: { cols: number },
  words: { x: number; index: number; out: number; rows: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `gatherRows-${spec.cols}`,
    rows: 'op.rows',
    vectors: shape.vectors,
    fields: ['x', 'index', 'out', 'rows'],
    buffers: { arena: shape.view, inputs: 'u32' },
    body: `
  arena[${shape.at('out')} + i] = arena[${shape.at('x')} + inputs[op.index + row] * ${shape.vectors}u + c];`,
  };
  return vectorUse(parts, words, words.rows);
}

/**
 * WGSL: `sum` of vector c over the rows of dOut that order[starts[row]] .. order[starts[row + 1]] name, in that order. Four rows are
 * fetched at a time so that their latencies overlap: a common token has hundreds of rows.
 */
const sumOfGroup = ({ view, vectors, at }: Cut) => {
  const fetch = (k: string) => `arena[dOut + inputs[op.order + ${k}] * ${vectors}u]`;
  return `
  let dOut = ${at('dOut')} + c;
  let end = inputs[op.starts + row + 1u];
  var k = inputs[op.starts + row];
  var sum = ${view}(0.0);
  for (; k + 4u <= end; k += 4u) {
    let first = ${fetch('k')};
    let second = ${fetch('k + 1u')};
    let third = ${fetch('k + 2u')};
    let fourth = ${fetch('k + 3u')};
    sum += (first + second) + (third + fourth);
  }
  for (; k < end; k++) { sum += ${fetch('k')}; }`;
};

/**
 * The backward pass of gatherRows without atomics: dX[r] = sum of dOut[order[k]] over k in starts[r] .. starts[r + 1], zero where there
 * is none. `starts` [rows + 1] and `order` lie in `inputs`, made by groupByIndex.
 */
export function scatterRows(
  spec: { cols: number },
  words: { dOut: number; starts: number; order: number; dX: number; rows: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `scatterRows-${spec.cols}`,
    rows: 'op.rows',
    vectors: shape.vectors,
    fields: ['dOut', 'starts', 'order', 'dX', 'rows'],
    buffers: { arena: shape.view, inputs: 'u32' },
    body: `${sumOfGroup(shape)}
  arena[${shape.at('dX')} + i] = sum;`,
  };
  return vectorUse(parts, words, words.rows);
}

/** The backward pass of embed: scatterRows into a table [vocabulary, cols] in `partials`, written or (accumulate) added to. */
export function embedGradient(
  spec: { cols: number; accumulate: boolean },
  words: { dOut: number; starts: number; order: number; dTable: number; vocabulary: number },
): KernelUse {
  const shape = cut(spec.cols);
  const target = `partials[${shape.at('dTable')} + i]`;
  const parts: VectorKernel = {
    key: `embedGradient-${spec.cols}-${spec.accumulate}`,
    rows: 'op.vocabulary',
    vectors: shape.vectors,
    fields: ['dOut', 'starts', 'order', 'dTable', 'vocabulary'],
    buffers: { arena: shape.view, inputs: 'u32', partials: shape.view },
    body: `${sumOfGroup(shape)}
  ${target} = ${spec.accumulate ? `${target} + sum` : 'sum'};`,
  };
  return vectorUse(parts, words, words.vocabulary);
}

/**
 * The backward pass of addPosition: dTable[t] = sum of dOut[item * time + t] over the rows / time items, zero for
 * time <= t < tableRows; written into `partials`.
 */
export function positionGradient(
  spec: { cols: number },
  words: { dOut: number; dTable: number; tableRows: number; rows: number; time: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `positionGradient-${spec.cols}`,
    rows: 'op.tableRows',
    vectors: shape.vectors,
    fields: ['dOut', 'dTable', 'tableRows', 'rows', 'time'],
    buffers: { arena: shape.view, partials: shape.view },
    body: `
  var sum = ${shape.view}(0.0);
  if (row < op.time) {
    for (var r = row; r < op.rows; r += op.time) { sum += arena[${shape.at('dOut')} + r * ${shape.vectors}u + c]; }
  }
  partials[${shape.at('dTable')} + i] = sum;`,
  };
  return vectorUse(parts, words, words.tableRows);
}
