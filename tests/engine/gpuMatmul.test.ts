// The GPU's linear layers against float64 references: both variants, all epilogues, sizes that are no multiples of tiles.

import { describe, expect, test } from 'vitest';
import { linearBackward, linearForward, type MatmulVariant } from '../../src/engine/wgsl/kernels/matmul.ts';
import { expectClose, randoms } from './bench.ts';
import { dot, matmul, numericGradient, transposed as transpose } from './float64.ts';
import { linearGradients, linearRows } from './float64Matmul.ts';
import { closeDawnAfterAll, GpuBench, groupsOf, ROWS } from './gpuBench.ts';

closeDawnAfterAll();

/** rows, inCols, outCols: below, at and above tiles; widths of odd heads. */
const SIZES = [
  [1, 4, 4],
  [5, 8, 20],
  [37, 20, 36],
  [130, 68, 72],
  [3, 5, 7],
  [9, 64, 23],
  [17, 12, 3],
  [33, 16, 1],
  [2, 3, 64],
  [4, 1, 2],
] as const;

/** Kernels with barriers take seconds to compile on software adapters, and each odd size is one more. */
const FEWER = [
  [37, 20, 36],
  [130, 68, 72],
  [9, 64, 23],
  [33, 5, 1],
] as const;

/** Large enough for the wide tile, and no multiple of it. */
const LARGE = [[130, 68, 72]] as const;

const sizesFor = (variant: MatmulVariant): readonly (readonly [number, number, number])[] =>
  ({ registers: SIZES, wide: LARGE, tiled: FEWER })[variant];

type Flags = { transposed: boolean; bias: boolean; residual: boolean; variant: MatmulVariant };

function forwardCase(rows: number, inCols: number, outCols: number, flags: Flags, mostRows = rows) {
  const bench = new GpuBench();
  const [x, w] = [randoms(mostRows * inCols, 1), randoms(inCols * outCols, 2)];
  const [bias, residual] = [randoms(outCols, 3), randoms(mostRows * outCols, 4)];
  const out = bench.fresh('arena', mostRows * outCols);
  const places = {
    x: bench.floats('arena', x).at,
    weight: bench.floats('parameters', w).at,
    bias: bench.floats('parameters', bias).at,
    residual: bench.floats('arena', residual).at,
    out: out.at,
    rows: ROWS,
  };
  const expected = linearRows(
    { x, w, bias: flags.bias ? bias : null, residual: flags.residual ? residual : null },
    { rows, inCols, outCols, transposed: flags.transposed },
  );
  return { bench, places, out, expected };
}

describe.each(['registers', 'wide', 'tiled'] as const)('linearForward, %s', (variant) => {
  test.each(sizesFor(variant))('rows %i, %i to %i', async (rows, inCols, outCols) => {
    for (const [transposed, bias, residual] of [
      [false, false, false],
      [false, true, true],
      [true, false, false],
      [true, true, true],
    ]) {
      const flags = { transposed, bias, residual, variant };
      const { bench, places, out, expected } = forwardCase(rows, inCols, outCols, flags);
      const use = linearForward({ inCols, outCols, room: rows, ...flags }, places);
      expectClose((await bench.run([use], { rows })).read(out), expected, 4e-6);
    }
  });

  test('as many rows as the step says', async () => {
    const flags = { transposed: false, bias: true, residual: false, variant };
    const { bench, places, out, expected } = forwardCase(41, 16, 24, flags, 70);
    const use = linearForward({ inCols: 16, outCols: 24, room: 70, ...flags }, places);
    const result = (await bench.run([use], { rows: 41 })).read(out);
    expectClose(result.subarray(0, 41 * 24), expected);
    expect(result.subarray(41 * 24).every((value) => value === 777)).toBe(true);
  });

  test('more workgroups than needed change nothing', async () => {
    const flags = { transposed: false, bias: false, residual: false, variant };
    const { bench, places, out, expected } = forwardCase(13, 8, 12, flags);
    const use = linearForward({ inCols: 8, outCols: 12, room: 13, ...flags }, places);
    expectClose((await bench.run([{ ...use, groups: 40 }], { rows: 13 })).read(out), expected);
  });
});

type BackwardFlags = {
  transposed: boolean;
  bias: boolean;
  needsInput: boolean;
  accumulate: boolean;
  planes: number;
  rowsPerPlane?: number;
  variant: MatmulVariant;
};

async function checkBackward(rows: number, inCols: number, outCols: number, flags: BackwardFlags, extra = 0) {
  const { transposed, planes, rowsPerPlane = 1 } = flags;
  const bench = new GpuBench();
  const [x, w, dOut] = [randoms(rows * inCols, 1), randoms(inCols * outCols, 2), randoms(rows * outCols, 3)];
  // Rows that are not in use must not count.
  const rubbish = (cols: number) => new Float32Array(3 * cols).fill(1e9);
  const before = randoms(rows * inCols, 4);
  // Planes lie apart by whole blocks; what stands between them stays.
  const stride = Math.ceil((inCols * outCols) / 64) * 64 + 64;
  const biasStride = Math.ceil(outCols / 64) * 64 + 64;
  const dX = bench.floats('arena', before);
  const dWeight = bench.fresh('partials', planes * stride);
  const dBias = bench.fresh('partials', planes * biasStride);
  const use = linearBackward(
    { inCols, outCols, room: rows + 3, ...flags, rowsPerPlane },
    {
      x: bench.floats('arena', [...x, ...rubbish(inCols)]).at,
      dOut: bench.floats('arena', [...dOut, ...rubbish(outCols)]).at,
      weight: bench.floats('parameters', w).at,
      dX: dX.at,
      dWeight: dWeight.at,
      dWeightStride: stride,
      dBias: dBias.at,
      dBiasStride: biasStride,
      rows: ROWS,
    },
  );
  const { read } = await bench.run([{ ...use, groups: groupsOf(use, rows) + extra }], { rows });
  const all = linearGradients(x, w, dOut, { rows, inCols, outCols, transposed });
  const added = all.dX.map((value, i) => value + (flags.accumulate ? before[i] : 0));
  expectClose(read(dX), flags.needsInput ? added : before, 4e-6);
  const share = Math.ceil(rows / Math.min(planes, Math.ceil(rows / rowsPerPlane)));
  for (let p = 0; p < planes; p++) {
    const [begin, end] = [Math.min(rows, p * share), Math.min(rows, (p + 1) * share)];
    const part = linearGradients(
      x.subarray(begin * inCols, end * inCols),
      w,
      dOut.subarray(begin * outCols, end * outCols),
      { rows: end - begin, inCols, outCols, transposed },
    );
    const weights = read(dWeight).subarray(p * stride, (p + 1) * stride);
    expectClose(weights.subarray(0, inCols * outCols), part.dWeight, 4e-6);
    expect(weights.subarray(inCols * outCols).every((value) => value === 777)).toBe(true);
    const sums = read(dBias).subarray(p * biasStride, (p + 1) * biasStride);
    if (flags.bias) expectClose(sums.subarray(0, outCols), part.dBias, 4e-6);
    expect(sums.subarray(flags.bias ? outCols : 0).every((value) => value === 777)).toBe(true);
  }
}

describe.each(['registers', 'wide', 'tiled'] as const)('linearBackward, %s', (variant) => {
  test.each(sizesFor(variant))('rows %i, %i to %i', async (rows, inCols, outCols) => {
    const all = { bias: true, needsInput: true, variant };
    await checkBackward(rows, inCols, outCols, { ...all, transposed: false, accumulate: true, planes: 3 });
    if (variant === 'tiled' && inCols % 4 !== 0) return;
    await checkBackward(rows, inCols, outCols, { ...all, transposed: true, accumulate: false, planes: 1 });
  });

  test('planes without rows are zero', () =>
    checkBackward(5, 8, 12, {
      transposed: false,
      bias: true,
      needsInput: true,
      accumulate: false,
      planes: 4,
      rowsPerPlane: 2,
      variant,
    }));

  test('without the gradient of the input', () =>
    checkBackward(
      70,
      20,
      24,
      { transposed: false, bias: false, needsInput: false, accumulate: false, planes: 2, variant },
      5,
    ));

  test('more workgroups than needed change nothing', () =>
    checkBackward(
      21,
      16,
      8,
      { transposed: false, bias: true, needsInput: true, accumulate: true, planes: 2, variant },
      30,
    ));
});

test('the reference gradients are those of finite differences', () => {
  const [rows, inCols, outCols] = [3, 4, 5];
  const [x, w, dOut] = [randoms(rows * inCols, 1), randoms(inCols * outCols, 2), randoms(rows * outCols, 3)];
  const bias = randoms(outCols, 4);
  for (const transposed of [false, true]) {
    const sizes = { rows, inCols, outCols, transposed };
    const loss = (parts: { x?: Float64Array; w?: Float64Array; bias?: Float64Array }) =>
      dot(linearRows({ x, w, bias, residual: null, ...parts }, sizes), dOut);
    const gradients = linearGradients(x, w, dOut, sizes);
    expectClose(
      gradients.dX,
      numericGradient((p) => loss({ x: p }), x),
      1e-8,
    );
    expectClose(
      gradients.dWeight,
      numericGradient((p) => loss({ w: p }), w),
      1e-8,
    );
    expectClose(
      gradients.dBias,
      numericGradient((p) => loss({ bias: p }), bias),
      1e-8,
    );
  }
  expectClose(
    linearRows({ x, w, bias: null, residual: null }, { rows, inCols, outCols, transposed: true }),
    matmul(x, transpose(w, outCols, inCols), rows, outCols, inCols),
  );
});

test('a layer of wide rows shares its kernel with others', () => {
  const words = { x: 0, weight: 0, bias: 0, residual: 0, out: 0, rows: ROWS };
  const flags = {
    transposed: false,
    bias: false,
    residual: false,
    room: 2560,
    variant: 'registers',
  } as const;
  const a = linearForward({ inCols: 64, outCols: 192, ...flags }, words);
  const b = linearForward({ inCols: 128, outCols: 64, ...flags }, words);
  expect(a.kernel).toEqual(b.kernel);
});
