// Activations and positions: one vector of a row per invocation. Offsets point into the arena unless said.

import type { KernelUse, Words } from '../kernel.ts';
import { type Cut, cut, type VectorKernel, vectorKernel, vectorUse } from './elementwiseRows.ts';

/** The logistic function; beyond 80 it is flat, and exp must not overflow. */
const sigmoid = ({ view }: Cut) => `
fn sigmoid(x: ${view}) -> ${view} {
  return 1.0 / (1.0 + exp(clamp(-x, ${view}(-80.0), ${view}(80.0))));
}
`;

// GELU's tanh form is x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3): WGSL promises little about tanh.
const TWICE_ROOT = '1.5957691216057308';

/** out[rows, cols] = GELU(x), tanh form (Hendrycks, Gimpel 2016). */
export const gelu = vectorKernel(
  'gelu',
  ['x', 'out', 'rows'],
  ['arena'],
  ({ at }) => `
  let x = arena[${at('x')} + i];
  arena[${at('out')} + i] = x * sigmoid(${TWICE_ROOT} * (x + 0.044715 * x * x * x));`,
  { helpers: sigmoid },
);

/** dX[rows, cols] = dOut GELU'(x). */
export const geluBackward = vectorKernel(
  'geluBackward',
  ['x', 'dOut', 'dX', 'rows'],
  ['arena'],
  ({ at }) => `
  let x = arena[${at('x')} + i];
  let s = sigmoid(${TWICE_ROOT} * (x + 0.044715 * x * x * x));
  let gradient = ${TWICE_ROOT} * (1.0 + 0.134145 * x * x);
  arena[${at('dX')} + i] = arena[${at('dOut')} + i] * (s + x * gradient * s * (1.0 - s));`,
  { helpers: sigmoid },
);

/** out[rows, cols] = silu(x[:, :cols]) * x[:, cols:] (Shazeer 2020); x is [rows, 2 cols]. */
export const swiglu = vectorKernel(
  'swiglu',
  ['x', 'out', 'rows'],
  ['arena'],
  ({ at, vectors }) => `
  let at = ${at('x')} + row * ${2 * vectors}u + c;
  let gate = arena[at];
  arena[${at('out')} + i] = gate * sigmoid(gate) * arena[at + ${vectors}u];`,
  { helpers: sigmoid },
);

/** dX[rows, 2 cols] from x[rows, 2 cols] and dOut[rows, cols]. */
export const swigluBackward = vectorKernel(
  'swigluBackward',
  ['x', 'dOut', 'dX', 'rows'],
  ['arena'],
  ({ at, vectors }) => `
  let start = row * ${2 * vectors}u + c;
  let at = ${at('x')} + start;
  let gate = arena[at];
  let up = arena[at + ${vectors}u];
  let d = arena[${at('dOut')} + i];
  let s = sigmoid(gate);
  let place = ${at('dX')} + start;
  arena[place] = d * up * s * (1.0 + gate * (1.0 - s));
  arena[place + ${vectors}u] = d * gate * s;`,
  { helpers: sigmoid },
);

/**
 * Rotates the query and key thirds of x[rows, 3 width] in place (RoFormer, Su et al. 2021, pairs (i, i + headSize / 2)) by
 * inputs[positions + row]. The table at `rope` of buffer `rope` is [position][pair] (cos, sin). Attention's backward pass turns back.
 */
export function rope(
  { heads, headSize }: { heads: number; headSize: number },
  words: Words<'x' | 'rope' | 'positions' | 'rows'>,
): KernelUse {
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
  const parts: VectorKernel = {
    key: `rope-${heads}-${headSize}`,
    vectors: 2 * heads * half,
    fields: ['x', 'rope', 'positions', 'rows'],
    buffers: { arena: shape.view, rope: shape.view, inputs: 'u32' },
    body: `
  let pair = c % ${half}u;
  let at = ${shape.at('x')} + row * ${6 * heads * half}u + c / ${half}u * ${2 * half}u + pair;
  let angle = ${shape.at('rope')} + (inputs[op.positions + row] * ${half}u + pair) * 2u;${angles}
  let a = arena[at];
  let b = arena[at + ${half}u];
  arena[at] = a * cos - b * sin;
  arena[at + ${half}u] = b * cos + a * sin;`,
  };
  return vectorUse(parts, words);
}

/** out[rows, cols] = x + table[inputs[positions + row]]; the table lies in `parameters`. */
export const addPosition = vectorKernel(
  'addPosition',
  ['x', 'table', 'positions', 'out', 'rows'],
  ['arena', 'parameters', 'inputs'],
  ({ at, vectors }) => `
  let entry = parameters[${at('table')} + inputs[op.positions + row] * ${vectors}u + c];
  arena[${at('out')} + i] = arena[${at('x')} + i] + entry;`,
);

/**
 * out[rows, cols] = x + table[position] in a decode step; position = promptEnd[slot] + counts[slot] - 1: where the last sampled token
 * stands. Offsets: `slots` and `promptEnd` in `inputs`, `counts` in `state`, the table in `parameters`.
 */
export const addPositionDecode = vectorKernel(
  'addPositionDecode',
  ['x', 'table', 'out', 'slots', 'promptEnd', 'counts', 'rows'],
  ['arena', 'parameters', 'inputs', 'state'],
  ({ at, vectors }) => `
  let slot = inputs[op.slots + row];
  let position = inputs[op.promptEnd + slot] + state[op.counts + slot] - 1u;
  let entry = parameters[${at('table')} + position * ${vectors}u + c];
  arena[${at('out')} + i] = arena[${at('x')} + i] + entry;`,
);
