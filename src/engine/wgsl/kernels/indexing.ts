// Embeddings and row moves: one vector of a target row per invocation. Offsets point into the arena unless said.

import { type Cut, vectorKernel } from './elementwiseRows.ts';

export { groupByIndex } from './indexingGroups.ts';

/** out[rows, cols] = table[tokens[row]]; the table lies in `parameters`, the tokens in `inputs`. */
export const embed = vectorKernel(
  'embed',
  ['table', 'tokens', 'out', 'rows'],
  ['arena', 'parameters', 'inputs'],
  ({ at, vectors }) => `
  let token = inputs[op.tokens + row];
  arena[${at('out')} + i] = parameters[${at('table')} + token * ${vectors}u + c];`,
);

/** Embeds the last sampled token of the rows of a decode step: state[current + slot], slot = inputs[slots + row]. */
export const embedDecode = vectorKernel(
  'embedDecode',
  ['table', 'out', 'slots', 'current', 'rows'],
  ['arena', 'parameters', 'inputs', 'state'],
  ({ at, vectors }) => `
  let token = state[op.current + inputs[op.slots + row]];
  arena[${at('out')} + i] = parameters[${at('table')} + token * ${vectors}u + c];`,
);

/** WGSL: `place` of vector c of joined row `row` in its own part: source[row] is a text row or the complement of an image row. */
const place = ({ at, vectors }: Cut) => `
  let source = bitcast<i32>(inputs[op.source + row]);
  var place = ${at('text')} + u32(source) * ${vectors}u + c;
  if (source < 0) { place = ${at('image')} + u32(-1 - source) * ${vectors}u + c; }`;

const PARTS = ['image', 'text', 'joined', 'source', 'rows'] as const;

/** Joins image and text rows into joined[rows, cols]. */
export const joinRows = vectorKernel(
  'joinRows',
  PARTS,
  ['arena', 'inputs'],
  (shape) => `${place(shape)}
  arena[${shape.at('joined')} + i] = arena[place];`,
);

/** The inverse of joinRows, and its backward pass. */
export const splitRows = vectorKernel(
  'splitRows',
  PARTS,
  ['arena', 'inputs'],
  (shape) => `${place(shape)}
  arena[place] = arena[${shape.at('joined')} + i];`,
);

/** out[rows, cols] = x[index[row]]; the index lies in `inputs`. */
export const gatherRows = vectorKernel(
  'gatherRows',
  ['x', 'index', 'out', 'rows'],
  ['arena', 'inputs'],
  ({ at, vectors }) => `
  arena[${at('out')} + i] = arena[${at('x')} + inputs[op.index + row] * ${vectors}u + c];`,
);

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
export const scatterRows = vectorKernel(
  'scatterRows',
  ['dOut', 'starts', 'order', 'dX', 'rows'],
  ['arena', 'inputs'],
  (shape) => `${sumOfGroup(shape)}
  arena[${shape.at('dX')} + i] = sum;`,
);

/**
 * The backward pass of embed and addPosition: scatterRows into a table [entries, cols] in `partials`, written or (accumulate) added to.
 */
export const tableGradient = vectorKernel(
  'tableGradient',
  ['dOut', 'starts', 'order', 'dTable', 'entries'],
  ['arena', 'inputs', 'partials'],
  (shape, { accumulate }: { cols: number; accumulate: boolean }) => `${sumOfGroup(shape)}
  partials[${shape.at('dTable')} + i] ${accumulate ? '+=' : '='} sum;`,
  { entries: 'entries' },
);
