// A matrix product in which each invocation keeps a tile of the result in registers: no barriers, no arrays.
//
// Software adapters pay for every scalar that an invocation loads, so tiles are as large as the result allows.

import {
  component,
  type Factor,
  indexOf,
  load,
  type MatmulForm,
  type Product,
  type ProductKernel,
  parameters,
  pieceWidth,
  range,
  type Size,
  storePiece,
  stride,
  text,
  unit,
  vector,
} from './matmulProduct.ts';

/** Rows and columns of the result that one invocation computes. */
export type Tile = { rows: number; cols: number };

/** Invocations per workgroup: few, so that small results reach all cores. */
const LANES = 16;

/** Steps of the sum in one turn of the loop: the length of a quad. */
const UNROLL = 4;

/**
 * From the best to the one for the smallest results. The wide tile is the fastest where every load costs (llvmpipe), and takes long
 * to compile; elsewhere it has more registers than there are.
 */
const TILES: readonly Tile[] = [
  { rows: 8, cols: 8 },
  { rows: 4, cols: 4 },
  { rows: 2, cols: 4 },
];
const WIDE: Tile = { rows: 12, cols: 16 };

/** Invocations below which a smaller tile is better: it loads more but keeps more lanes busy. */
const ENOUGH = 32;

/** Values of a factor in one turn of the loop. */
type Loaded = {
  lines: string[];
  /** Element `e` of the edge at step `k`. */
  element(e: number, k: number): string;
  /** `width` elements of the edge from `e` on. */
  piece(e: number, width: number, k: number): string;
};

/** Statements before the loop: where the values of a factor begin. Rows of it after `last` are not read. */
function starts(name: string, factor: Factor, size: number, start: string, last: string | null): string[] {
  if (factor.contiguous === 'edge') {
    return [`let ${name}At = ${indexOf(factor, `${factor.at} + ${start}`)};`];
  }
  return range(size).map((e) => {
    const row = last === null ? `(${start} + ${e}u)` : `min(${start} + ${e}u, ${last})`;
    return `let ${name}At${e} = ${indexOf(factor, factor.at)} + ${row} * ${stride(factor)};`;
  });
}

/** Loads `steps` values of the depth from `k` on (a multiple of 4 where quads run along the depth). */
function loads(name: string, factor: Factor, size: number, edge: Size, k: string, steps: number): Loaded {
  if (factor.contiguous === 'depth') {
    const value = (e: number, step: number) => component(`${name}${e}`, step, steps);
    const at = (e: number) => `${name}At${e} + ${indexOf(factor, k)}`;
    return {
      lines: range(size).map((e) => `let ${name}${e} = ${load(factor, at(e), steps)};`),
      element: value,
      piece: (e, width, step) =>
        `${vector(width)}(${range(width)
          .map((i) => value(e + i, step))
          .join(', ')})`,
    };
  }
  const width = pieceWidth(edge);
  const lines = range(steps).flatMap((step) => [
    `let ${name}Row${step} = ${name}At + (${k} + ${step}u) * ${stride(factor)};`,
    ...range(size / width).map((q) => {
      const at = `${name}Row${step} + ${(q * width) / unit(factor)}u`;
      return `let ${name}${q}_${step} = ${load(factor, at, width)};`;
    }),
  ]);
  const value = (e: number, step: number) => `${name}${Math.floor(e / width)}_${step}`;
  return {
    lines,
    element: (e, step) => component(value(e, step), e % width, width),
    piece: (e, _, step) => value(e, step),
  };
}

/** The statements of `steps` steps of the sum from `k` on. */
function block({ left, right, rows, cols }: Product, tile: Tile, k: string, steps: number): string[] {
  const width = pieceWidth(cols);
  const a = loads('a', left, tile.rows, rows, k, steps);
  const b = loads('b', right, tile.cols, cols, k, steps);
  const lines = [...a.lines, ...b.lines];
  for (const step of range(steps)) {
    for (const q of range(tile.cols / width)) {
      lines.push(`let p${q}_${step} = ${b.piece(q * width, width, step)};`);
      for (const r of range(tile.rows)) lines.push(`c${r}_${q} += ${a.element(r, step)} * p${q}_${step};`);
    }
  }
  return lines;
}

function sumLines(product: Product, tile: Tile): string[] {
  const { depth } = product;
  const loop = (end: string) => [
    `for (; k + ${UNROLL}u <= ${end}; k += ${UNROLL}u) {`,
    ...block(product, tile, 'k', UNROLL),
    '}',
  ];
  if (depth === null) {
    const rest = ['for (; k < end; k++) {', ...block(product, tile, 'k', 1), '}'];
    return ['var k = begin;', ...loop('end'), ...rest];
  }
  if (typeof depth === 'string') return ['var k = 0u;', ...loop(depth)];
  const whole = depth - (depth % UNROLL);
  return [
    ...(whole > 0 ? ['var k = 0u;', ...loop(text(whole))] : []),
    ...(whole < depth ? ['{', ...block(product, tile, text(whole), depth - whole), '}'] : []),
  ];
}

/** The tile as it fits a result: of whole pieces along the columns, and along the rows where these are read in pieces. */
function fitted(tile: Tile, { left, rows, cols }: Product): Tile {
  const clip = (size: Size, part: number) => (typeof size === 'number' && size < 4 ? size : part);
  const whole = left.contiguous === 'edge' ? Math.max(4, tile.rows) : tile.rows;
  return { rows: clip(rows, whole), cols: clip(cols, tile.cols) };
}

function registerProduct(product: Product, wanted: Tile): ProductKernel {
  const tile = fitted(wanted, product);
  const { name, left, right, rows, cols } = product;
  const width = pieceWidth(cols);
  const pieces = tile.cols / width;
  const divides = (size: Size, part: number) => typeof size === 'number' && size % part === 0;
  const wholeRows = divides(rows, tile.rows);
  const wholeCols = divides(cols, tile.cols);
  const lines = [
    `let index = group * ${LANES}u + lane;`,
    `let colTiles = (${text(cols)} + ${tile.cols - 1}u) / ${tile.cols}u;`,
    `let m = index / colTiles * ${tile.rows}u;`,
    `let n = index % colTiles * ${tile.cols}u;`,
    `if (m >= ${text(rows)}) { return; }`,
    ...starts('a', left, tile.rows, 'm', wholeRows ? null : `${text(rows)} - 1u`),
    ...starts('b', right, tile.cols, 'n', wholeCols ? null : `${text(cols)} - 1u`),
    ...range(tile.rows).flatMap((r) => range(pieces).map((q) => `var c${r}_${q} = ${vector(width)}();`)),
    ...sumLines(product, tile),
  ];
  // One place in the code stores every row: the rows move up. Code for each row would take longer to compile than all else.
  lines.push(`let count = min(${tile.rows}u, ${text(rows)} - m);`, 'for (var r = 0u; r < count; r++) {');
  for (const q of range(pieces)) {
    lines.push(storePiece(product, '(m + r)', `(n + ${q * width}u)`, `c0_${q}`, !wholeCols));
  }
  for (const r of range(tile.rows - 1))
    for (const q of range(pieces)) lines.push(`c${r}_${q} = c${r + 1}_${q};`);
  lines.push('}');
  return {
    code: `fn ${name}(${parameters(product)}) {\n${lines.join('\n')}\n}\n`,
    groups: (rowCount, colCount) =>
      Math.ceil((Math.ceil(rowCount / tile.rows) * Math.ceil(colCount / tile.cols)) / LANES),
  };
}

/** For `copies` results of this size. */
export function registerForm(rows: number, cols: number, copies = 1): MatmulForm {
  return formOf(TILES, rows, cols, copies);
}

/** The same, with the wide tile where the result is large enough. */
export function wideForm(rows: number, cols: number, copies = 1): MatmulForm {
  return formOf([WIDE, ...TILES], rows, cols, copies);
}

function formOf(tiles: readonly Tile[], rows: number, cols: number, copies: number): MatmulForm {
  const invocations = (tile: Tile) => copies * Math.ceil(rows / tile.rows) * Math.ceil(cols / tile.cols);
  const tile = tiles.find((candidate) => invocations(candidate) >= ENOUGH) ?? tiles[tiles.length - 1];
  return {
    label: `registers${tile.rows}x${tile.cols}`,
    workgroupSize: LANES,
    declarations: '',
    make: (product) => registerProduct(product, tile),
  };
}
