// Activations and positions: one element or one row position per invocation.

import type { KernelSource, KernelUse } from '../kernel.ts';

const SIZE = 64;

const TANH_GELU = `
const ROOT: f32 = 0.7978845608028654;
const CUBE: f32 = 0.044715;
`;

const GELU: KernelSource = {
  key: 'gelu',
  fields: ['x', 'out', 'count'],
  buffers: { arena: 'f32' },
  workgroupSize: SIZE,
  body: `${TANH_GELU}
fn run(group: u32, lane: u32) {
  let i = group * ${SIZE}u + lane;
  if (i >= op.count) { return; }
  let x = arena[op.x + i];
  // tanh saturates; outside of this range some drivers return NaN.
  let t = tanh(clamp(ROOT * (x + CUBE * x * x * x), -15.0, 15.0));
  arena[op.out + i] = 0.5 * x * (1.0 + t);
}
`,
};

/** out[count] = GELU(x), tanh form (Hendrycks, Gimpel 2016). Offsets into the arena. */
export function gelu(words: { x: number; out: number; count: number }): KernelUse {
  return { kernel: GELU, words, groups: Math.ceil(words.count / SIZE) };
}
