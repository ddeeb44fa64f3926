// Linear layers, forward and backward: what is multiplied with what, and how the workgroups share it.

import type { ElementView, KernelUse, Words } from '../kernel.ts';
import { SHARE_OF_PLANE } from '../partials.ts';
import {
  indexOf,
  load,
  type MatmulForm,
  type Matrix,
  pieceWidth,
  range,
  type Size,
  storeSum,
  text,
  vector,
} from './matmulProduct.ts';
import { registerForm, wideForm } from './matmulRegisters.ts';
import { tiledForm } from './matmulTiled.ts';

/** `registers` and `wide`: a tile of the result per invocation, no barriers. `tiled`: a tile per workgroup, in workgroup memory. */
export type MatmulVariant = 'registers' | 'wide' | 'tiled';

const FORMS = { registers: registerForm, wide: wideForm, tiled: tiledForm };

type LinearSizes = {
  inCols: number;
  outCols: number;
  /** W is [outCols, inCols]: the tied embedding. */
  transposed: boolean;
  /** Most rows that there may be. */
  room: number;
};

/** How the code sees the operands of a layer. Sizes are words where rows are whole quads, so that layers share kernels. */
function operands({ inCols, outCols, transposed }: LinearSizes) {
  const quads = inCols % 4 === 0 && outCols % 4 === 0;
  const sizes: { in: Size; out: Size } = quads
    ? { in: 'op.inCols', out: 'op.outCols' }
    : { in: inCols, out: outCols };
  const weightQuads = (transposed ? inCols : outCols) % 4 === 0;
  const arena = (at: string, width: Size): Matrix => ({ buffer: 'arena', at, width, quads });
  return {
    sizes,
    quads,
    label: `${quads ? 'quads' : `${inCols}x${outCols}`}${transposed ? '-transposed' : ''}`,
    x: arena('op.x', sizes.in),
    out: (at: string) => arena(at, sizes.out),
    weight: {
      buffer: 'parameters',
      at: 'op.weight',
      width: transposed ? sizes.in : sizes.out,
      quads: weightQuads,
    } satisfies Matrix as Matrix,
    arenaView: view(quads),
    weightView: view(weightQuads),
  };
}

const view = (quads: boolean): ElementView => (quads ? 'vec4<f32>' : 'f32');

/**
 * out[rows, outCols] = x W (+ bias) (+ residual). Offsets of x, residual and out in the arena, of weight and bias in
 * `parameters`. `out` overlaps nothing that is read.
 */
export function linearForward(
  spec: LinearSizes & {
    bias: boolean;
    residual: boolean;
    variant: MatmulVariant;
  },
  words: Words<'x' | 'weight' | 'bias' | 'residual' | 'out' | 'rows'>,
): KernelUse {
  const { inCols, outCols, transposed, room } = spec;
  const { sizes, label, x, out, weight, arenaView, weightView } = operands(spec);
  const form = FORMS[spec.variant](room, outCols);
  const product = form.make({
    name: 'product',
    left: { ...x, contiguous: 'depth' },
    right: { ...weight, contiguous: transposed ? 'depth' : 'edge' },
    rows: 'rows',
    cols: sizes.out,
    depth: sizes.in,
    result: out('op.out'),
    bias: spec.bias ? { ...weight, at: 'op.bias' } : null,
    residual: spec.residual ? out('op.residual') : null,
  });
  const flags = `${spec.bias ? '-bias' : ''}${spec.residual ? '-residual' : ''}`;
  return {
    kernel: {
      key: `linear-${label}${flags}-${form.label}`,
      fields: ['x', 'weight', 'bias', 'residual', 'out', 'rows', 'inCols', 'outCols'],
      buffers: { arena: arenaView, parameters: weightView },
      workgroupSize: form.workgroupSize,
      body: `${form.declarations}${product.code}fn run(group: u32, lane: u32) {\n  product(group, lane, rowsInUse());\n}\n`,
    },
    words: { ...words, inCols, outCols },
    groups: (rows) => product.groups(rows, outCols),
  };
}

/**
 * The gradients of a layer in one dispatch, whose workgroups are divided among independent parts:
 * dX[rows, inCols] (= or +=) dOut W^T; dW as `planes` partial sums, plane p (at dWeight + p * dWeightStride of `partials`)
 * over the p-th share of the rows (see partials.ts), zeros where it has none; the column sums of dOut likewise at dBias.
 * Strides are multiples of 4. dX overlaps neither x nor dOut.
 */
export function linearBackward(
  spec: LinearSizes & {
    bias: boolean;
    needsInput: boolean;
    accumulate: boolean;
    planes: number;
    rowsPerPlane: number;
    variant: MatmulVariant;
  },
  words: Words<
    'x' | 'dOut' | 'weight' | 'dX' | 'dWeight' | 'dWeightStride' | 'dBias' | 'dBiasStride' | 'rows'
  >,
): KernelUse {
  const { inCols, outCols, transposed, room, bias, needsInput, accumulate, planes, rowsPerPlane } = spec;
  const { sizes, quads, label, x, out, weight, arenaView, weightView } = operands(spec);
  const formFor = FORMS[spec.variant];
  const [first, second] = transposed ? [out('op.dOut'), x] : [x, out('op.dOut')];
  const [weightRows, weightCols] = transposed ? [outCols, inCols] : [inCols, outCols];
  const weightForm = formFor(weightRows, weightCols, planes);
  // One kernel has one size of workgroups, so the tiled parts share a form.
  const inputForm = spec.variant === 'tiled' ? weightForm : formFor(room, inCols);
  const partials = (at: string, width: Size): Matrix => ({ buffer: 'partials', at, width, quads });
  const weightPart = weightForm.make({
    name: 'weightGradient',
    left: { ...first, contiguous: 'edge' },
    right: { ...second, contiguous: 'edge' },
    rows: first.width,
    cols: second.width,
    depth: null,
    result: partials('op.dWeight', second.width),
  });
  const inputPart = inputForm.make({
    name: 'inputGradient',
    left: { ...out('op.dOut'), contiguous: 'depth' },
    right: { ...weight, contiguous: transposed ? 'edge' : 'depth' },
    rows: 'rows',
    cols: sizes.in,
    depth: sizes.out,
    result: { ...x, at: 'op.dX' },
    accumulate,
  });
  const weightGroups = weightPart.groups(weightRows, weightCols);
  const biasPieces = Math.ceil(outCols / pieceWidth(outCols));
  const biasGroups = bias ? Math.ceil((planes * biasPieces) / weightForm.workgroupSize) : 0;
  const code = [
    weightForm.declarations,
    weightPart.code,
    needsInput ? inputPart.code : '',
    SHARE_OF_PLANE,
    bias ? columnSums(out('op.dOut'), partials('op.dBias', sizes.out), weightForm) : '',
    `fn run(group: u32, lane: u32) {
  let rows = rowsInUse();
  if (group < op.planes * op.weightGroups) {
    let plane = group / op.weightGroups;
    let share = shareOfPlane(rows);
    let begin = min(plane * share, rows);
    weightGradient(group % op.weightGroups, lane, begin, min(begin + share, rows), plane * op.dWeightStride);
    return;
  }
  let rest = group - op.planes * op.weightGroups;
  ${bias ? 'if (rest < op.biasGroups) {\n    biasGradient(rest, lane, rows);\n    return;\n  }' : ''}
  ${needsInput ? 'inputGradient(rest - op.biasGroups, lane, rows);' : ''}
}
`,
  ];
  const flags = [bias && 'bias', needsInput && inputForm.label, needsInput && accumulate && 'accumulate'];
  return {
    kernel: {
      key: ['linear-backward', label, weightForm.label, ...flags.filter(Boolean)].join('-'),
      fields: [
        ...['x', 'dOut', 'weight', 'dX', 'dWeight', 'dWeightStride', 'dBias', 'dBiasStride'],
        ...['rows', 'inCols', 'outCols', 'planes', 'rowsPerPlane', 'weightGroups', 'biasGroups'],
      ],
      buffers: {
        arena: arenaView,
        ...(needsInput ? { parameters: weightView } : {}),
        partials: view(quads),
      },
      workgroupSize: weightForm.workgroupSize,
      body: code.join(''),
    },
    words: { ...words, inCols, outCols, planes, rowsPerPlane, weightGroups, biasGroups },
    groups: (rows) => planes * weightGroups + biasGroups + (needsInput ? inputPart.groups(rows, inCols) : 0),
  };
}

/** Rows that are loaded together in a column sum, to hide the latency of memory. */
const TOGETHER = 8;

/** `fn biasGradient(group, lane, rows)`: one piece of the columns of one plane per invocation. */
function columnSums(dOut: Matrix, result: Matrix, form: MatmulForm): string {
  const cols = dOut.width;
  const width = pieceWidth(cols);
  const at = (row: string) => indexOf(dOut, `${dOut.at} + (${row}) * ${text(cols)} + col`);
  return `fn biasGradient(group: u32, lane: u32, rows: u32) {
let pieces = (${text(cols)} + ${width - 1}u) / ${width}u;
let index = group * ${form.workgroupSize}u + lane;
let plane = index / pieces;
if (plane >= op.planes) { return; }
let col = index % pieces * ${width}u;
let share = shareOfPlane(rows);
var row = min(plane * share, rows);
let end = min(row + share, rows);
var sum = ${vector(width)}();
for (; row + ${TOGETHER}u <= end; row += ${TOGETHER}u) {
${range(TOGETHER)
  .map((i) => `let v${i} = ${load(dOut, at(`row + ${i}u`), width)};`)
  .join('\n')}
${range(TOGETHER)
  .map((i) => `sum += v${i};`)
  .join('\n')}
}
for (; row < end; row++) { sum += ${load(dOut, at('row'), width)}; }
let place = ${result.at} + plane * op.dBiasStride + col;
${storeSum(result, indexOf(result, 'place'), width, (i) => `if (col + ${i}u < ${text(cols)}) `).join('\n')}
}
`;
}
