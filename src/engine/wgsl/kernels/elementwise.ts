// Activations and positions: one vector of a row per invocation. Offsets point into the arena unless said.

import type { KernelUse } from '../kernel.ts';
import {
  type Cut,
  cut,
  type RowsFrom,
  rowsExpression,
  rowsField,
  type VectorKernel,
  vectorUse,
} from './elementwiseRows.ts';

/** The logistic function; beyond 80 it is flat, and exp must not overflow. */
const sigmoid = ({ view }: Cut) => `
fn sigmoid(x: ${view}) -> ${view} {
  return 1.0 / (1.0 + exp(clamp(-x, ${view}(-80.0), ${view}(80.0))));
}
`;

// GELU's tanh form is x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3): WGSL promises little about tanh.
const TWICE_ROOT = '1.5957691216057308';

/** out[rows, cols] = GELU(x), tanh form (Hendrycks, Gimpel 2016). */
export function gelu(
  spec: { cols: number; rowsFrom: RowsFrom },
  words: { x: number; out: number; rows: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `gelu-${spec.cols}-${spec.rowsFrom}`,
    rows: rowsExpression(spec.rowsFrom),
    vectors: shape.vectors,
    fields: ['x', 'out', ...rowsField(spec.rowsFrom)],
    buffers: { arena: shape.view },
    helpers: sigmoid(shape),
    body: `
  let x = arena[${shape.at('x')} + i];
  arena[${shape.at('out')} + i] = x * sigmoid(${TWICE_ROOT} * (x + 0.044715 * x * x * x));`,
  };
  return vectorUse(parts, words, words.rows);
}

/** dX[rows, cols] = dOut GELU'(x). */
export function geluBackward(
  spec: { cols: number },
  words: { x: number; dOut: number; dX: number; rows: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `geluBackward-${spec.cols}`,
    rows: 'op.rows',
    vectors: shape.vectors,
    fields: ['x', 'dOut', 'dX', 'rows'],
    buffers: { arena: shape.view },
    helpers: sigmoid(shape),
    body: `
  let x = arena[${shape.at('x')} + i];
  let s = sigmoid(${TWICE_ROOT} * (x + 0.044715 * x * x * x));
  let gradient = ${TWICE_ROOT} * (1.0 + 0.134145 * x * x);
  arena[${shape.at('dX')} + i] = arena[${shape.at('dOut')} + i] * (s + x * gradient * s * (1.0 - s));`,
  };
  return vectorUse(parts, words, words.rows);
}

/** out[rows, hidden] = silu(x[:, :hidden]) * x[:, hidden:] (Shazeer 2020); x is [rows, 2 hidden]. */
export function swiglu(
  spec: { hidden: number; rowsFrom: RowsFrom },
  words: { x: number; out: number; rows: number },
): KernelUse {
  const shape = cut(spec.hidden);
  const parts: VectorKernel = {
    key: `swiglu-${spec.hidden}-${spec.rowsFrom}`,
    rows: rowsExpression(spec.rowsFrom),
    vectors: shape.vectors,
    fields: ['x', 'out', ...rowsField(spec.rowsFrom)],
    buffers: { arena: shape.view },
    helpers: sigmoid(shape),
    body: `
  let at = ${shape.at('x')} + row * ${2 * shape.vectors}u + c;
  let gate = arena[at];
  arena[${shape.at('out')} + i] = gate * sigmoid(gate) * arena[at + ${shape.vectors}u];`,
  };
  return vectorUse(parts, words, words.rows);
}

/** dX[rows, 2 hidden] from x[rows, 2 hidden] and dOut[rows, hidden]. */
export function swigluBackward(
  spec: { hidden: number },
  words: { x: number; dOut: number; dX: number; rows: number },
): KernelUse {
  const shape = cut(spec.hidden);
  const parts: VectorKernel = {
    key: `swigluBackward-${spec.hidden}`,
    rows: 'op.rows',
    vectors: shape.vectors,
    fields: ['x', 'dOut', 'dX', 'rows'],
    buffers: { arena: shape.view },
    helpers: sigmoid(shape),
    body: `
  let start = row * ${2 * shape.vectors}u + c;
  let at = ${shape.at('x')} + start;
  let gate = arena[at];
  let up = arena[at + ${shape.vectors}u];
  let d = arena[${shape.at('dOut')} + i];
  let s = sigmoid(gate);
  let place = ${shape.at('dX')} + start;
  arena[place] = d * up * s * (1.0 + gate * (1.0 - s));
  arena[place + ${shape.vectors}u] = d * gate * s;`,
  };
  return vectorUse(parts, words, words.rows);
}

/**
 * Rotates the query and key thirds of x[rows, 3 width] in place (RoFormer, Su et al. 2021, pairs (i, i + headSize / 2)); a row's
 * position is row % time. The table at `rope` of buffer `rope` is [position][pair] (cos, sin); sign -1 turns back: the backward pass.
 */
export function rope(
  spec: { heads: number; headSize: number; sign: 1 | -1 },
  words: { x: number; rope: number; rows: number; time: number },
): KernelUse {
  const { heads, headSize, sign } = spec;
  const shape = cut(headSize / 2);
  const half = shape.vectors;
  const isVec4 = shape.view === 'vec4<f32>';
  const angles = isVec4
    ? `
  let low = rope[angle];
  let high = rope[angle + 1u];
  let cos = vec4<f32>(low.xz, high.xz);
  let sin = vec4<f32>(low.yw, high.yw);`
    : `
  let cos = rope[angle];
  let sin = rope[angle + 1u];`;
  const [plus, minus] = sign === 1 ? ['+', '-'] : ['-', '+'];
  const parts: VectorKernel = {
    key: `rope-${heads}-${headSize}-${sign}`,
    rows: 'op.rows',
    vectors: 2 * heads * half,
    fields: ['x', 'rope', 'rows', 'time'],
    buffers: { arena: shape.view, rope: shape.view },
    body: `
  let pair = c % ${half}u;
  let at = ${shape.at('x')} + row * ${6 * heads * half}u + c / ${half}u * ${2 * half}u + pair;
  let angle = ${shape.at('rope')} + (row % op.time * ${half}u + pair) * 2u;${angles}
  let a = arena[at];
  let b = arena[at + ${half}u];
  arena[at] = a * cos ${minus} b * sin;
  arena[at + ${half}u] = b * cos ${plus} a * sin;`,
  };
  return vectorUse(parts, words, words.rows);
}

/** out[rows, cols] = x + table[row % time]; the table lies in `parameters`. */
export function addPosition(
  spec: { cols: number },
  words: { x: number; table: number; out: number; rows: number; time: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `addPosition-${spec.cols}`,
    rows: 'op.rows',
    vectors: shape.vectors,
    fields: ['x', 'table', 'out', 'rows', 'time'],
    buffers: { arena: shape.view, parameters: shape.view },
    body: `
  let entry = parameters[${shape.at('table')} + row % op.time * ${shape.vectors}u + c];
  arena[${shape.at('out')} + i] = arena[${shape.at('x')} + i] + entry;`,
  };
  return vectorUse(parts, words, words.rows);
}

/**
 * out = x + table[position] for the `step.rows` rows of a decode step; position = promptEnd[slot] + counts[slot] - 1: where the last
 * sampled token stands. Offsets: `slots` and `promptEnd` in `inputs`, `counts` in `state`, the table in `parameters`.
 */
export function addPositionDecode(
  spec: { cols: number },
  words: { x: number; table: number; out: number; slots: number; promptEnd: number; counts: number },
): KernelUse {
  const shape = cut(spec.cols);
  const parts: VectorKernel = {
    key: `addPositionDecode-${spec.cols}`,
    rows: 'step.rows',
    vectors: shape.vectors,
    fields: ['x', 'table', 'out', 'slots', 'promptEnd', 'counts'],
    buffers: { arena: shape.view, parameters: shape.view, inputs: 'u32', state: 'u32' },
    body: `
  let slot = inputs[op.slots + row];
  let position = inputs[op.promptEnd + slot] + state[op.counts + slot] - 1u;
  let entry = parameters[${shape.at('table')} + position * ${shape.vectors}u + c];
  arena[${shape.at('out')} + i] = arena[${shape.at('x')} + i] + entry;`,
  };
  return vectorUse(parts, words, 0);
}
