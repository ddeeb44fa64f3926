// The elementwise GPU kernels against float64 references.

import { describe, expect, test } from 'vitest';
import { rowsWord } from '../../src/engine/wgsl/kernel.ts';
import {
  addPosition,
  addPositionDecode,
  gelu,
  geluBackward,
  rope,
  swiglu,
  swigluBackward,
} from '../../src/engine/wgsl/kernels/elementwise.ts';
import { expectClose, randoms } from './bench.ts';
import { dot, gelu as gelu64, numericGradient, swiglu as swiglu64 } from './float64.ts';
import {
  gather,
  geluBackward as geluBackward64,
  rope as rope64,
  swigluBackward as swigluBackward64,
} from './float64Rows.ts';
import { closeDawnAfterAll, GpuBench, ROWS } from './gpuBench.ts';

closeDawnAfterAll();

/** Rows and columns: single, odd, beyond a workgroup, with and without vectors of four. */
const SHAPES = [
  [1, 4],
  [1, 1],
  [7, 36],
  [13, 5],
  [65, 64],
] as const;

describe.each(SHAPES)('activations, %i x %i', (rows, cols) => {
  const gradient = randoms(rows * cols, 2);

  test('gelu and its gradient', async () => {
    const bench = new GpuBench();
    const values = randoms(rows * cols, 1, 3);
    const [x, d] = [bench.floats('arena', values), bench.floats('arena', gradient)];
    const [out, dX] = [bench.fresh('arena', rows * cols), bench.fresh('arena', rows * cols)];
    const uses = [
      gelu({ cols }, { x: x.at, out: out.at, rows: ROWS }),
      geluBackward({ cols }, { x: x.at, dOut: d.at, dX: dX.at, rows: ROWS }),
    ];
    const { read } = await bench.run(uses, { rows });
    expectClose(read(out), gelu64(values));
    expectClose(read(dX), geluBackward64(values, gradient));
  });

  test('swiglu and its gradient', async () => {
    const bench = new GpuBench();
    const values = randoms(rows * 2 * cols, 3, 3);
    const [x, d] = [bench.floats('arena', values), bench.floats('arena', gradient)];
    const [out, dX] = [bench.fresh('arena', rows * cols), bench.fresh('arena', rows * 2 * cols)];
    const uses = [
      swiglu({ cols }, { x: x.at, out: out.at, rows: ROWS }),
      swigluBackward({ cols }, { x: x.at, dOut: d.at, dX: dX.at, rows: ROWS }),
    ];
    const { read } = await bench.run(uses, { rows });
    expectClose(read(out), swiglu64(values, cols));
    expectClose(read(dX), swigluBackward64(values, gradient, cols));
  });
});

test('the references of the gradients agree with finite differences', () => {
  const values = randoms(24, 4, 2);
  const gradient = randoms(24, 5);
  expectClose(
    geluBackward64(values, gradient),
    numericGradient((x) => dot(gelu64(x), gradient), values),
    1e-8,
  );
  expectClose(
    swigluBackward64(values, gradient.subarray(0, 12), 3),
    numericGradient((x) => dot(swiglu64(x, 3), gradient.subarray(0, 12)), values),
    1e-8,
  );
});

test('activations keep their limits where exp overflows', async () => {
  const bench = new GpuBench();
  const values = [-1e4, -100, -30, -12, 12, 30, 100, 1e4];
  const x = bench.floats('arena', values);
  const gates = bench.floats('arena', [...values, ...values.map(() => 1)]);
  const ones = bench.floats(
    'arena',
    values.map(() => 1),
  );
  const results = Array.from({ length: 4 }, () => bench.fresh('arena', 16));
  const [a, b, c, d] = results.map(({ at }) => at);
  const uses = [
    gelu({ cols: 8 }, { x: x.at, out: a, rows: ROWS }),
    geluBackward({ cols: 8 }, { x: x.at, dOut: ones.at, dX: b, rows: ROWS }),
    swiglu({ cols: 8 }, { x: gates.at, out: c, rows: ROWS }),
    swigluBackward({ cols: 8 }, { x: gates.at, dOut: ones.at, dX: d, rows: ROWS }),
  ];
  const { read } = await bench.run(uses, { rows: 1 });
  const [first, second, third, fourth] = results.map((placed) => read(placed).slice(0, 8));
  const flat = values.map((value) => (value > 0 ? 1 : 0));
  const relu = values.map((value) => Math.max(0, value));
  const near = (actual: Float32Array, expected: number[], tolerance: number) =>
    actual.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(tolerance);
    });
  near(first, relu, 1e-6);
  near(second, flat, 1e-6);
  near(third, relu, 1e-4);
  near(fourth, flat, 1e-4);
});

test('rows in use only, and as many times as the word says', async () => {
  const bench = new GpuBench();
  const [cols, most, used] = [20, 9, 5];
  const values = randoms(most * 2 * cols, 6, 2);
  const x = bench.floats('arena', values);
  const [a, b] = [bench.fresh('arena', most * cols), bench.fresh('arena', most * cols)];
  const { read } = await bench.run(
    [
      gelu({ cols }, { x: x.at, out: a.at, rows: rowsWord('imageRows', 5) }),
      swiglu({ cols }, { x: x.at, out: b.at, rows: rowsWord('blocks') }),
    ],
    { rows: most, imageRows: 1, blocks: used },
  );
  const rest = new Float32Array((most - used) * cols).fill(777);
  expectClose(read(a).subarray(0, used * cols), gelu64(values.subarray(0, used * cols)));
  expect(read(a).subarray(used * cols)).toEqual(rest);
  expectClose(read(b).subarray(0, used * cols), swiglu64(values.subarray(0, used * 2 * cols), cols));
  expect(read(b).subarray(used * cols)).toEqual(rest);
});

describe.each([
  [2, 16, 3, 5],
  [3, 6, 2, 7],
  [1, 2, 1, 1],
  [4, 8, 5, 9],
])('rope, %i heads of %i, %i x %i rows', (heads, headSize, items, time) => {
  test('turns queries and keys by their positions', async () => {
    const rows = items * time;
    const half = headSize / 2;
    const angle = (position: number, pair: number) => position * 100 ** (-pair / half);
    const table = Float32Array.from({ length: (time + 3) * half * 2 }, (_, i) => {
      const turn = angle(Math.floor(i / (2 * half)), Math.floor(i / 2) % half);
      return i % 2 === 0 ? Math.cos(turn) : Math.sin(turn);
    });
    const values = randoms(rows * 3 * heads * headSize, 7);
    const bench = new GpuBench();
    const x = bench.floats('arena', values);
    bench.ints('inputs', [1, 2]);
    const positions = bench.ints(
      'inputs',
      Array.from({ length: rows }, (_, row) => row % time),
    );
    bench.fresh('rope', 40);
    const angles = bench.floats('rope', table);
    const words = { x: x.at, rope: angles.at, positions: positions.at, rows: ROWS };
    const { read } = await bench.run([rope({ heads, headSize }, words)], { rows });
    expectClose(read(x), rope64(values, heads, headSize, time, angle));
  });
});

describe.each([12, 5])('learned positions, %i columns', (cols) => {
  test('whole sequences', async () => {
    const positions = [3, 0, 1, 2, 9, 9, 4, 0, 5];
    const rows = positions.length;
    const bench = new GpuBench();
    const [values, entries] = [randoms(rows * cols, 8), randoms(10 * cols, 9)];
    bench.fresh('parameters', 3);
    const [x, table] = [bench.floats('arena', values), bench.floats('parameters', entries)];
    const out = bench.fresh('arena', values.length);
    const index = bench.ints('inputs', positions);
    const words = { x: x.at, table: table.at, positions: index.at, out: out.at, rows: ROWS };
    const { read } = await bench.run([addPosition({ cols }, words)], { rows });
    const moved = gather(entries, positions, cols).map((value, i) => value + values[i]);
    expectClose(read(out), moved, 1e-7);
  });

  test('rows that are still being decoded', async () => {
    const bench = new GpuBench();
    const alive = [0, 3, 4];
    const [ends, counted] = [
      [2, 2, 3, 3, 5],
      [1, 9, 9, 4, 2],
    ];
    const [values, entries] = [randoms(5 * cols, 10), randoms(12 * cols, 11)];
    const [x, table] = [bench.floats('arena', values), bench.floats('parameters', entries)];
    const slots = bench.ints('inputs', [...alive, 99, 99]);
    const promptEnd = bench.ints('inputs', ends);
    bench.ints('state', [1, 2, 3]);
    const counts = bench.ints('state', counted);
    const out = bench.fresh('arena', values.length);
    const words = { x: x.at, table: table.at, out: out.at, slots: slots.at, rows: ROWS };
    const { read } = await bench.run(
      [addPositionDecode({ cols }, { ...words, promptEnd: promptEnd.at, counts: counts.at })],
      { rows: alive.length },
    );
    const positions = alive.map((slot) => ends[slot] + counted[slot] - 1);
    const moved = gather(entries, positions, cols).map((value, i) => value + values[i]);
    expectClose(read(out).subarray(0, moved.length), moved, 1e-7);
    expect(
      read(out)
        .subarray(moved.length)
        .every((value) => value === 777),
    ).toBe(true);
  });
});
