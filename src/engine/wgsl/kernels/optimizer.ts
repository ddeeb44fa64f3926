// The optimiser on the GPU: adds up the weight gradients' planes, takes their global norm, and steps with AdamW.
//
// Three dispatches over the flat parameter buffer, with buffers of their own: every number of the step (rate, decay, clip, bias
// corrections) is data, and the norm never goes through the host.

import { entryPoint, STEP_FIELDS, STEP_WORDS, storage, uniform } from '../kernel.ts';
import { type BindLayout, bindLayout } from '../layout.ts';

/** Buffers in binding order; all but `table` hold float32. */
export const OPTIMIZER_BUFFERS = {
  parameters: { binding: 0, access: 'read_write' },
  /** Sum of the planes, before clipping. */
  gradients: { binding: 1, access: 'read_write' },
  /** Moments of AdamW. */
  first: { binding: 2, access: 'read_write' },
  second: { binding: 3, access: 'read_write' },
  partials: { binding: 4, access: 'read' },
  /** From `blockTable`: u32. */
  table: { binding: 5, access: 'read' },
  /** Norm, clip scale, two unused, then sums of squares; `optimizerScratch` long. */
  scratch: { binding: 6, access: 'read_write' },
} as const;
export type OptimizerBuffer = keyof typeof OPTIMIZER_BUFFERS;
export const OPTIMIZER_STEP_BINDING = 7;

const SIZE = 64;
/** Invocations of the one workgroup that takes the norm. */
const NORM_SIZE = 128;
/** Floats of a block: parameter slices begin at multiples of it. */
const BLOCK = 64;
/** Floats that one invocation of the reduction adds up. */
const PART = 16;
const HEADER = 4;

export function optimizerLayout(device: GPUDevice): BindLayout {
  const step = { binding: OPTIMIZER_STEP_BINDING, minBindingSize: STEP_WORDS * 4 };
  return bindLayout(device, OPTIMIZER_BUFFERS, [step]);
}

/** Floats of the scratch buffer for a parameter buffer of `size` floats. */
export function optimizerScratch(size: number): number {
  return HEADER + blocksOf(size) * (BLOCK / PART);
}

function blocksOf(size: number): number {
  return Math.ceil(size / BLOCK);
}

/** Where a slice's gradient lies in the partials: `planes` summands, `stride` floats apart; both offsets multiples of 4. */
export type Planes = { offset: number; stride: number; planes: number };

/**
 * Four words per block of 64 parameters: offset of plane 0, stride, planes, and floats in use * 2 + (1 where weight decay applies).
 * `planesOf` gives null for a slice without a gradient. The last four floats of a plane are read whole, whatever the slice's size.
 * @throws RangeError on a slice or plane that is not aligned.
 */
export function blockTable<S extends { offset: number; size: number; decay: boolean }>(
  slices: readonly S[],
  size: number,
  planesOf: (slice: S) => Planes | null,
): Uint32Array {
  const table = new Uint32Array(blocksOf(size) * 4);
  for (const slice of slices) {
    const { offset, stride, planes } = planesOf(slice) ?? { offset: 0, stride: 0, planes: 0 };
    if (slice.offset % BLOCK !== 0) {
      throw new RangeError(`a slice begins at ${slice.offset}, not at a multiple of ${BLOCK}`);
    }
    if (offset % 4 !== 0 || (planes > 1 && stride % 4 !== 0)) {
      throw new RangeError(`planes at ${offset}, ${stride} apart: not multiples of 4`);
    }
    for (let from = 0; from < slice.size; from += BLOCK) {
      const used = Math.min(BLOCK, slice.size - from);
      const words = [offset + from, stride, planes, used * 2 + (slice.decay ? 1 : 0)];
      table.set(words, ((slice.offset + from) / BLOCK) * 4);
    }
  }
  return table;
}

const sums = [0, 1, 2, 3];

/** gradients = sum over planes in order; scratch[4 + part] = sum of squares of 16 of them. One invocation per part, unrolled. */
const REDUCE = `
fn used(v: vec4<f32>, start: u32, count: u32) -> vec4<f32> {
  return select(vec4<f32>(0.0), v, vec4<u32>(start, start + 1u, start + 2u, start + 3u) < vec4<u32>(count));
}

fn run(group: u32, lane: u32) {
  let part = group * ${SIZE}u + lane;
  let block = part / ${BLOCK / PART}u;
  if (block >= BLOCKS) { return; }
  let within = (part % ${BLOCK / PART}u) * ${PART}u;
  let count = table[block * 4u + 3u] >> 1u;
  let planes = select(0u, table[block * 4u + 2u], block >= step.firstBlock);
  let stride = table[block * 4u + 1u] >> 2u;
  var at = (table[block * 4u] + within) >> 2u;
${sums.map((q) => `  var g${q} = vec4<f32>(0.0);`).join('\n')}
  for (var p = 0u; p < planes; p++) {
${sums.map((q) => `    if (within + ${4 * q}u < count) { g${q} += partials[at + ${q}u]; }`).join('\n')}
    at += stride;
  }
${sums.map((q) => `  g${q} = used(g${q}, within + ${4 * q}u, count);\n  gradients[part * 4u + ${q}u] = g${q};`).join('\n')}
  scratch[${HEADER}u + part] = (dot(g0, g0) + dot(g1, g1)) + (dot(g2, g2) + dot(g3, g3));
}
`;

/** scratch[0] = global norm, scratch[1] = min(1, maxGradNorm / norm). One workgroup; its few barriers cost the same at any size. */
const NORM = `
var<workgroup> partial: array<f32, ${NORM_SIZE}>;

fn run(group: u32, lane: u32) {
  var total = vec4<f32>(0.0);
  for (var block = lane; block < BLOCKS; block += ${NORM_SIZE}u) { total += scratch[1u + block]; }
  partial[lane] = (total.x + total.y) + (total.z + total.w);
  for (var half = ${NORM_SIZE / 2}u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  if (lane != 0u || group != 0u) { return; }
  let norm = sqrt(partial[0]);
  scratch[0] = vec4<f32>(norm, select(1.0, step.maxGradNorm / norm, norm > step.maxGradNorm), 0.0, 0.0);
}
`;

/** Loshchilov, Hutter 2019: decoupled decay, bias corrections as divisors. One invocation per four parameters. */
const ADAMW = `
fn run(group: u32, lane: u32) {
  let i = group * ${SIZE}u + lane;
  let block = i / ${BLOCK / 4}u;
  if (block >= BLOCKS || block < step.firstBlock) { return; }
  // By its bits, for a compiler may take every number to be finite.
  if ((scratch[0] & 0x7f800000u) == 0x7f800000u) { return; }
  let g = gradients[i] * bitcast<f32>(scratch[1]);
  let m = first[i] * step.beta1 + g * (1.0 - step.beta1);
  let v = second[i] * step.beta2 + (g * g) * (1.0 - step.beta2);
  first[i] = m;
  second[i] = v;
  let change = (m / step.correction1) / (sqrt(v / step.correction2) + step.epsilon);
  let decay = select(0.0, step.weightDecay, (table[block * 4u + 3u] & 1u) == 1u);
  parameters[i] = parameters[i] * (1.0 - step.learningRate * decay) - change * step.learningRate;
}
`;

export type OptimizerUse = { key: string; code: string; workgroups: number };

function use(
  name: string,
  views: { readonly [buffer in OptimizerBuffer]?: string },
  blocks: number,
  workgroupSize: number,
  workgroups: number,
  body: string,
): OptimizerUse {
  const step = uniform('Step', STEP_FIELDS, OPTIMIZER_STEP_BINDING);
  const head = `${storage(OPTIMIZER_BUFFERS, views)}${step}const BLOCKS = ${blocks}u;\n`;
  return {
    key: `${name} ${blocks}`,
    code: head + body + entryPoint(workgroupSize),
    workgroups,
  };
}

/**
 * Reduction, norm and step, to be dispatched in this order (workgroups through `grid`); entry point `main`.
 * `parameterCount` is the length of the parameter buffer, padding included. Blocks below step.firstBlock keep their parameters and moments, and count as gradient 0.
 * Nothing changes but the gradients where the norm is not finite. Equal inputs give equal bits.
 */
export function optimizerUses(parameterCount: number): [OptimizerUse, OptimizerUse, OptimizerUse] {
  const blocks = blocksOf(parameterCount);
  const four = 'vec4<f32>';
  const parts = blocks * (BLOCK / PART);
  const fours = blocks * (BLOCK / 4);
  return [
    use(
      'reduce',
      { gradients: four, partials: four, table: 'u32', scratch: 'f32' },
      blocks,
      SIZE,
      Math.ceil(parts / SIZE),
      REDUCE,
    ),
    use('norm', { scratch: four }, blocks, NORM_SIZE, 1, NORM),
    use(
      'adamw',
      { parameters: four, gradients: four, first: four, second: four, table: 'u32', scratch: 'u32' },
      blocks,
      SIZE,
      Math.ceil(fours / SIZE),
      ADAMW,
    ),
  ];
}
