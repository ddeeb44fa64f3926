// The language-model head: log-probs, entropies and log-sum-exp of rows of logits, and the gradient of the logits.

import type { KernelSource, KernelUse, Words } from '../kernel.ts';

const SIZE = 64;
/** Rows per workgroup of the forward pass: small, for there are few rows and each is long. */
const ROWS = 32;

/**
 * log(1 + s) for s >= 0 with a small relative error down to s = 0, where log(1 + s) would round to 0: a sure row keeps its
 * tiny entropy.
 * Series of 2 atanh(t), t = (u - 1) / (u + 1), of the mantissa u (or of 1 + s itself).
 */
export const LOG_ONE_PLUS = `
fn logOnePlus(s: f32) -> f32 {
  let bits = bitcast<u32>(1.0 + s) + 0x004afb0du; // mantissa from sqrt(1/2) to sqrt(2)
  let power = f32(i32(bits >> 23u) - 127);
  let mantissa = bitcast<f32>((bits & 0x007fffffu) + 0x3f3504f3u);
  let near = s < 0.4;
  let t = select((mantissa - 1.0) / (mantissa + 1.0), s / (2.0 + s), near);
  let q = t * t;
  let series = 1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q / 11.0))));
  return select(power * 0.69314718, 0.0, near) + 2.0 * t * series;
}
`;

/** Below this the exponential counts as 0: float32 has no normal numbers there. */
const FLOOR = '-87.0';

export type HeadVariant = 'thread' | 'workgroup';

/** Adds logits j .. j + 3 to the sums; `factor` is the inverse temperature. */
const ADD_FOUR = `
    let x = vec4<f32>(arena[row + j], arena[row + j + 1u], arena[row + j + 2u], arena[row + j + 3u]);
    let z = (x - top) * step.inverseTemperature;
    let sure = z == vec4<f32>(0.0);
    let none = z < vec4<f32>(${FLOOR});
    let e = select(exp(select(z, vec4<f32>(${FLOOR}), none)), vec4<f32>(0.0), sure | none);
    let d = e * select(z, vec4<f32>(0.0), none);
    let o = select(vec4<f32>(0.0), vec4<f32>(1.0), sure);
    rest += (e.x + e.y) + (e.z + e.w);
    mean += (d.x + d.y) + (d.z + d.w);
    tops += (o.x + o.y) + (o.z + o.w);`;

const ADD_ONE = `
    let z = (arena[row + j] - top) * step.inverseTemperature;
    if (z == 0.0) { tops += 1.0; }
    else if (!(z < ${FLOOR})) {
      let e = exp(z);
      rest += e;
      mean += e * z;
    }`;

/** Largest logits share the weight 1 exactly; `rest` is what the others add, so that nothing small is lost beside it. */
const FINISH = `
  let logTotal = logOnePlus((tops - 1.0) + rest);
  let chosen = (arena[row + inputs[op.targets + r]] - top) * step.inverseTemperature;
  arena[op.logp + r] = chosen - logTotal;
  arena[op.entropy + r] = logTotal - mean / (tops + rest);
  arena[op.lse + r] = logTotal + top * step.inverseTemperature;`;

function threadBody(vocabulary: number): string {
  const fours = vocabulary - (vocabulary % 4);
  // Sums of 16 logits are added to the row's sums, so that rounding errors do not pile up over a long row.
  return `${LOG_ONE_PLUS}
fn run(group: u32, lane: u32) {
  let r = group * ${ROWS}u + lane;
  if (r >= rowsInUse()) { return; }
  let row = op.logits + r * ${vocabulary}u;
  var top = arena[row];
  for (var j = 1u; j < ${vocabulary}u; j++) { top = max(top, arena[row + j]); }
  var tops = 0.0;
  var rest = 0.0;
  var mean = 0.0;
  var restTotal = 0.0;
  var meanTotal = 0.0;
  for (var j = 0u; j < ${fours}u; j += 4u) {${ADD_FOUR}
    if ((j & 12u) == 12u) {
      restTotal += rest;
      meanTotal += mean;
      rest = 0.0;
      mean = 0.0;
    }
  }
  for (var j = ${fours}u; j < ${vocabulary}u; j++) {${ADD_ONE}
  }
  rest += restTotal;
  mean += meanTotal;${FINISH}
}
`;
}

/** One row per workgroup: for adapters where many rows in flight cost less than long loops. */
function workgroupBody(vocabulary: number): string {
  const tree = (combine: string) => `
  for (var half = ${SIZE / 2}u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { ${combine} }
  }`;
  // Two arrays: a driver has been seen to read a pool that is used twice only after its second filling.
  return `${LOG_ONE_PLUS}
var<workgroup> tallest: array<f32, ${SIZE}>;
var<workgroup> sums: array<vec4<f32>, ${SIZE}>;
fn run(group: u32, lane: u32) {
  // Rows beyond the end are computed again and not written: all invocations must reach the barriers.
  let rows = rowsInUse();
  let r = min(group, rows - 1u);
  let row = op.logits + r * ${vocabulary}u;
  var top = arena[row];
  for (var j = lane; j < ${vocabulary}u; j += ${SIZE}u) { top = max(top, arena[row + j]); }
  tallest[lane] = top;${tree('tallest[lane] = max(tallest[lane], tallest[lane + half]);')}
  workgroupBarrier();
  top = tallest[0];
  var tops = 0.0;
  var rest = 0.0;
  var mean = 0.0;
  for (var j = lane; j < ${vocabulary}u; j += ${SIZE}u) {${ADD_ONE}
  }
  sums[lane] = vec4<f32>(tops, rest, mean, 0.0);${tree('sums[lane] += sums[lane + half];')}
  if (lane != 0u || group >= rows) { return; }
  tops = sums[0].x;
  rest = sums[0].y;
  mean = sums[0].z;${FINISH}
}
`;
}

/**
 * logits[rows, vocabulary] at step.inverseTemperature -> logp[rows] of targets[rows], entropy[rows] = lse - sum p z and lse[rows].
 * Offsets into the arena; `targets` into the inputs.
 */
export function headForward(
  spec: { vocabulary: number; variant?: HeadVariant },
  words: Words<'logits' | 'targets' | 'logp' | 'entropy' | 'lse' | 'rows'>,
): KernelUse {
  const { vocabulary, variant = 'thread' } = spec;
  const wide = variant === 'workgroup';
  const kernel: KernelSource = {
    key: `headForward ${vocabulary} ${variant}`,
    fields: ['logits', 'targets', 'logp', 'entropy', 'lse', 'rows'],
    buffers: { arena: 'f32', inputs: 'u32' },
    workgroupSize: wide ? SIZE : ROWS,
    body: wide ? workgroupBody(vocabulary) : threadBody(vocabulary),
  };
  return { kernel, words, groups: (rows) => (wide ? rows : Math.ceil(rows / ROWS)) };
}

/**
 * dLogits[rows, vocabulary] = beta (w (onehot - p) - e p (log p + H)); w = logpWeights[rows] and e = entropyWeights[rows]
 * (float bits in the inputs) are the loss's gradients with respect to log-prob and entropy. One invocation takes four
 * vectors of four logits, or four logits where the vocabulary is no multiple of 4.
 */
export function headBackward(
  spec: { vocabulary: number },
  words: Words<
    'logits' | 'targets' | 'lse' | 'entropy' | 'logpWeights' | 'entropyWeights' | 'dLogits' | 'rows'
  >,
): KernelUse {
  const { vocabulary } = spec;
  const step = vocabulary % 4 === 0 ? 4 : 1;
  const type = step === 4 ? 'vec4<f32>' : 'f32';
  // Element i of the arena, seen as numbers.
  const scalar = (i: string) => (step === 4 ? `arena[(${i}) >> 2u][(${i}) & 3u]` : `arena[${i}]`);
  const element = (i: string) => (step === 4 ? `arena[(${i}) >> 2u]` : `arena[${i}]`);
  const indices = step === 4 ? 'vec4<u32>(j, j + 1u, j + 2u, j + 3u)' : 'j';
  const splat = (value: string) => (step === 4 ? `vec4<f32>(${value})` : value);
  const splatIndex = (value: string) => (step === 4 ? `vec4<u32>(${value})` : value);
  const perRow = vocabulary / step;
  // Neighbours read neighbours; what belongs to the row is read once for four of them.
  const perPass = Math.ceil(perRow / 4);
  const kernel: KernelSource = {
    key: `headBackward ${vocabulary}`,
    fields: ['logits', 'targets', 'lse', 'entropy', 'logpWeights', 'entropyWeights', 'dLogits', 'rows'],
    buffers: { arena: type, inputs: 'u32' },
    workgroupSize: SIZE,
    body: `
fn run(group: u32, lane: u32) {
  let index = group * ${SIZE}u + lane;
  let r = index / ${perPass}u;
  if (r >= rowsInUse()) { return; }
  let chosen = inputs[op.targets + r];
  let lse = ${scalar('op.lse + r')};
  let entropy = ${scalar('op.entropy + r')};
  let w = bitcast<f32>(inputs[op.logpWeights + r]) * step.inverseTemperature;
  let e = bitcast<f32>(inputs[op.entropyWeights + r]) * step.inverseTemperature;
  for (var v = index - r * ${perPass}u; v < ${perRow}u; v += ${perPass}u) {
    let j = v * ${step}u;
    let at = r * ${vocabulary}u + j;
    let raw = ${element('op.logits + at')} * step.inverseTemperature - lse;
    let none = raw < ${splat(FLOOR)};
    let logp = select(raw, ${splat(FLOOR)}, none);
    let p = select(exp(logp), ${splat('0.0')}, none);
    let own = select(${splat('0.0')}, ${splat('w')}, ${indices} == ${splatIndex('chosen')});
    ${element('op.dLogits + at')} = own - p * (w + e * (logp + entropy));
  }
}
`,
  };
  return { kernel, words, groups: (rows) => Math.ceil((rows * perPass) / SIZE) };
}
