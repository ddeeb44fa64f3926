// RMSNorm (Zhang, Sennrich 2019) and LayerNorm (Ba et al. 2016), forward and backward, epsilon 1e-5.

import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import { type Planes, SHARE_OF_PLANE } from '../partials.ts';
import { cut, LANES } from './elementwiseRows.ts';
import { EPSILON, type NormKind, type NormVariant, rowWalk, total } from './normParts.ts';

/**
 * out[rows, cols] = normed(x) * gain (+ bias). `stats` keeps 1 / rms [rows], or (mean, 1 / std) [rows, 2].
 * Offsets: gain and bias (not read by `rms`) in `parameters`, the rest in the arena.
 */
export function normForward(
  spec: { kind: NormKind; cols: number; variant?: NormVariant },
  words: Words<'x' | 'gain' | 'bias' | 'out' | 'stats' | 'rows'>,
): KernelUse {
  const { kind, cols, variant = 'thread' } = spec;
  const isLayer = kind === 'layer';
  // Seen as f32: rows share the vectors of `stats`, and a store to one component may touch all four.
  const walk = rowWalk(variant, cols, (c, id) => `let x${id} = arena[x + ${c}];`);
  const kernel: KernelSource = {
    key: `norm-${kind}-${cols}-${variant}`,
    fields: ['x', 'gain', ...(isLayer ? ['bias'] : []), 'out', 'stats', 'rows'],
    buffers: { arena: 'f32', parameters: 'f32' },
    workgroupSize: LANES,
    body: `${walk.helpers}
fn run(group: u32, lane: u32) {
  let row = ${walk.row('group')};
  if (row >= rowsInUse()) { return; }
  let x = op.x + row * ${cols}u;
  ${walk.kept}
  var sum = 0.0;
  ${isLayer ? walk.each((_, id) => `sum += x${id};`) : ''}
  let mean = ${isLayer ? `${walk.sum('sum', 0)} / ${cols}.0` : '0.0'};
  var squares = 0.0;
  ${walk.each((_, id) => `squares += (x${id} - mean) * (x${id} - mean);`)}
  let scale = 1.0 / sqrt(${walk.sum('squares', 1)} / ${cols}.0 + ${EPSILON});
  if (${walk.first}) {
    ${isLayer ? 'arena[op.stats + 2u * row] = mean;' : ''}
    arena[op.stats + ${isLayer ? '2u * row + 1u' : 'row'}] = scale;
  }
  let out = op.out + row * ${cols}u;
  ${walk.each((c, id) => {
    const bias = isLayer ? ` + parameters[op.bias + ${c}]` : '';
    return `arena[out + ${c}] = (x${id} - mean) * scale * parameters[op.gain + ${c}]${bias};`;
  })}
}
`,
  };
  return { kernel, words, groups: walk.groups };
}

/**
 * The backward pass in one dispatch. dX is written or (accumulate) added to. The gradients of gain and bias go as `planes` partial sums
 * to `partials`: plane p, at dGain + p * dGainStride, is the sum over the p-th share of the rows (see partials.ts), zero where it has
 * none. Strides are multiples of 4. dBias is not used by `rms`. x, dOut and dX never overlap.
 */
export function normBackward(
  spec: { kind: NormKind; cols: number; accumulate: boolean; variant?: NormVariant },
  words: Words<
    | ('x' | 'gain' | 'stats' | 'dOut' | 'dX' | 'dGain' | 'dGainStride' | 'dBias' | 'dBiasStride' | 'rows')
    | keyof Planes
  >,
): KernelUse {
  const { kind, cols, accumulate, variant = 'thread' } = spec;
  const isLayer = kind === 'layer';
  const { view, vectors, at } = cut(cols);
  const stat = (index: string) =>
    view === 'f32' ? `arena[op.stats + ${index}]` : `arena[(op.stats + ${index}) / 4u][(${index}) % 4u]`;
  const normed = (x: string) => `(arena[${x}] - mean) * scale`;
  const walk = rowWalk(
    variant,
    vectors,
    (c, id) =>
      `let d${id} = arena[dOut + ${c}] * parameters[gain + ${c}]; let normed${id} = ${normed(`x + ${c}`)};`,
  );
  const stats = isLayer
    ? `let mean = ${stat('2u * row')};\n  let scale = ${stat('2u * row + 1u')};`
    : `let mean = 0.0;\n  let scale = ${stat('row')};`;
  const plane = (name: string) =>
    `partials[(op.${name} + plane * op.${name}Stride)${view === 'f32' ? '' : ' / 4u'} + c]`;
  const kernel: KernelSource = {
    key: `normBackward-${kind}-${cols}-${accumulate}-${variant}`,
    fields: [
      ...['x', 'gain', 'stats', 'dOut', 'dX', 'dGain', 'dGainStride'],
      ...(isLayer ? ['dBias', 'dBiasStride'] : []),
      ...['planes', 'rowsPerPlane', 'rows'],
    ],
    buffers: { arena: view, parameters: view, partials: view },
    workgroupSize: LANES,
    body: `${walk.helpers}${SHARE_OF_PLANE}
fn columnSums(plane: u32, c: u32, rows: u32) {
  let share = shareOfPlane(rows);
  let end = min(rows, (plane + 1u) * share);
  var gain = ${view}(0.0);
  var bias = ${view}(0.0);
  for (var row = plane * share; row < end; row++) {
    ${stats}
    let i = row * ${vectors}u + c;
    let d = arena[${at('dOut')} + i];
    gain += d * ${normed(`${at('x')} + i`)};
    bias += d;
  }
  ${plane('dGain')} = gain;
  ${isLayer ? `${plane('dBias')} = bias;` : ''}
}

fn run(group: u32, lane: u32) {
  let rows = rowsInUse();
  // The longest invocations, those that go over rows, come first.
  let sums = op.planes * ${vectors}u;
  let sumGroups = (sums + ${LANES - 1}u) / ${LANES}u;
  if (group < sumGroups) {
    let i = group * ${LANES}u + lane;
    if (i < sums) { columnSums(i / ${vectors}u, i % ${vectors}u, rows); }
    return;
  }
  let row = ${walk.row('group - sumGroups')};
  if (row >= rows) { return; }
  ${stats}
  let start = row * ${vectors}u;
  let x = ${at('x')} + start;
  let dOut = ${at('dOut')} + start;
  let gain = ${at('gain')};
  let dX = ${at('dX')} + start;
  ${walk.kept}
  var products = ${view}(0.0);
  var sum = ${view}(0.0);
  ${walk.each((_, id) => `products += d${id} * normed${id}; sum += d${id};`)}
  let meanProduct = ${walk.sum(total(view, 'products'), 0)} / ${cols}.0;
  let meanSum = ${isLayer ? `${walk.sum(total(view, 'sum'), 1)} / ${cols}.0` : '0.0'};
  ${walk.each((c, id) => {
    const gradient = `(d${id} - meanSum - normed${id} * meanProduct) * scale`;
    return `arena[dX + ${c}] ${accumulate ? '+=' : '='} ${gradient};`;
  })}
}
`,
  };
  return {
    kernel,
    words,
    groups: (rows) => Math.ceil((words.planes * vectors) / LANES) + walk.groups(rows),
  };
}
