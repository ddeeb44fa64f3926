// A matrix product in which a workgroup keeps blocks of both factors in workgroup memory: the form for GPUs.
//
// A workgroup computes a square of the result. In each turn half of its invocations bring a block of the left factor, half one of
// the right, each 4 x 4 elements; both blocks lie [depth][edge], so that a step of the sum reads whole vectors.

import {
  component,
  type Factor,
  firstOf,
  indexOf,
  load,
  type MatmulForm,
  type Product,
  type ProductKernel,
  parameters,
  pieceWidth,
  range,
  storePiece,
  stride,
  text,
  unit,
} from './matmulProduct.ts';

/** Steps of the sum per turn. */
const DEPTH = 16;
/** Invocations along the columns of the square. */
const ACROSS = 8;
/** Workgroups below which smaller squares are better. */
const ENOUGH = 128;

/** Invocations, each with 4 rows of the result, for a square of `side` rows and columns. */
const workgroupSize = (side: number) => (ACROSS * side) / 4;
/** Vectors per step in workgroup memory, one more than needed, against bank conflicts. */
const pitch = (side: number) => side / 4 + 1;

/** Statements by which invocation `id` of `side` brings 4 x 4 elements; zeros from `end` on. */
function fill(
  target: string,
  factor: Factor,
  side: number,
  start: string,
  edge: string,
  end: string,
): string {
  const lines: string[] = [];
  const zero = 'vec4<f32>()';
  if (factor.contiguous === 'depth') {
    lines.push(`let k = k0 + id % ${DEPTH / 4}u * 4u;`, `let e = id / ${DEPTH / 4}u;`);
    for (const i of range(4)) {
      const row = `min(${start} + 4u * e + ${i}u, ${edge} - 1u)`;
      lines.push(
        `let at${i} = ${indexOf(factor, factor.at)} + ${row} * ${stride(factor)} + ${indexOf(factor, 'k')};`,
      );
      const loaded = load(factor, `at${i}`, 4);
      const guard = factor.quads
        ? `vec4<bool>(k < ${end})`
        : `vec4<u32>(k, k + 1u, k + 2u, k + 3u) < vec4<u32>(${end})`;
      lines.push(`let v${i} = select(${zero}, ${loaded}, ${guard});`);
    }
    for (const j of range(4)) {
      const values = range(4).map((i) => component(`v${i}`, j, 4));
      lines.push(`${target}[(k - k0 + ${j}u) * ${pitch(side)}u + e] = vec4<f32>(${values.join(', ')});`);
    }
    return lines.join('\n');
  }
  lines.push(`let e = id % ${side / 4}u;`, `let k = k0 + id / ${side / 4}u * 4u;`);
  lines.push(`let at = ${indexOf(factor, `${factor.at} + ${start}`)} + e * ${4 / unit(factor)}u;`);
  for (const j of range(4)) {
    const loaded = load(factor, `at + (k + ${j}u) * ${stride(factor)}`, 4);
    lines.push(`var v${j} = ${zero};`, `if (k + ${j}u < ${end}) { v${j} = ${loaded}; }`);
    lines.push(`${target}[(k - k0 + ${j}u) * ${pitch(side)}u + e] = v${j};`);
  }
  return lines.join('\n');
}

function tiledProduct(product: Product, side: number): ProductKernel {
  const { name, left, right, rows, cols, depth } = product;
  const quads = side / 4 / ACROSS;
  const end = depth === null ? 'end' : text(depth);
  const sums = range(4).flatMap((r) => range(quads).map((q) => `var c${r}_${q} = vec4<f32>();`));
  const steps = range(4).flatMap((r) =>
    range(quads).map((q) => `c${r}_${q} += ${component('a', r, 4)} * b${q};`),
  );
  const stores = range(4).flatMap((r) => [
    `if (row + ${r}u < ${text(rows)}) {`,
    ...range(quads).map((q) => {
      const value = `c${r}_${q}${firstOf(pieceWidth(cols))}`;
      return storePiece(product, `(row + ${r}u)`, `(col + ${q * ACROSS * 4}u)`, value, true);
    }),
    '}',
  ]);
  const code = `fn ${name}(${parameters(product)}) {
let colTiles = (${text(cols)} + ${side - 1}u) / ${side}u;
let m = group / colTiles * ${side}u;
let n = group % colTiles * ${side}u;
if (m >= ${text(rows)}) { return; }
let across = lane % ${ACROSS}u;
let down = lane / ${ACROSS}u;
${sums.join('\n')}
for (var k0 = ${depth === null ? 'begin' : '0u'}; k0 < ${end}; k0 += ${DEPTH}u) {
workgroupBarrier();
if (lane < ${side}u) {
let id = lane;
${fill('leftTile', left, side, 'm', text(rows), end)}
} else {
let id = lane - ${side}u;
${fill('rightTile', right, side, 'n', text(cols), end)}
}
workgroupBarrier();
for (var k = 0u; k < ${DEPTH}u; k++) {
let a = leftTile[k * ${pitch(side)}u + down];
${range(quads)
  .map((q) => `let b${q} = rightTile[k * ${pitch(side)}u + across + ${q * ACROSS}u];`)
  .join('\n')}
${steps.join('\n')}
}
}
let row = m + 4u * down;
let col = n + 4u * across;
${stores.join('\n')}
}
`;
  return {
    code,
    groups: (rowCount, colCount) => Math.ceil(rowCount / side) * Math.ceil(colCount / side),
  };
}

/** For results of which the smallest number of squares is that of `copies` times rows x cols. */
export function tiledForm(rows: number, cols: number, copies = 1): MatmulForm {
  const squares = copies * Math.ceil(rows / 64) * Math.ceil(cols / 64);
  const side = squares >= ENOUGH ? 64 : 32;
  const block = `array<vec4<f32>, ${DEPTH * pitch(side)}>`;
  return {
    label: `tiled${side}`,
    workgroupSize: workgroupSize(side),
    declarations: `var<workgroup> leftTile: ${block};\nvar<workgroup> rightTile: ${block};\n`,
    make: (product) => tiledProduct(product, side),
  };
}
