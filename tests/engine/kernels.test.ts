// Norms, activations, row moves, RoPE and AdamW of the wasm kernels against float64 references.

import { beforeAll, describe, expect, test } from 'vitest';
import { KERNEL_ARGUMENTS, type KernelName } from '../../src/engine/wasm/kernels.ts';
import { expectClose, randoms, Workbench } from './bench.ts';
import { dot, gelu, normRows, numericGradient, swiglu } from './float64.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.create();
});

describe.each([
  ['rms', 1, 4],
  ['rms', 7, 36],
  ['layer', 1, 4],
  ['layer', 7, 36],
] as const)('%s norm, %i x %i', (kind, rows, cols) => {
  const x = randoms(rows * cols, 20, 3);
  const gain = randoms(cols, 21);
  const bias = kind === 'layer' ? randoms(cols, 22) : null;
  const gradient = randoms(rows * cols, 23);
  const reference = (values: ArrayLike<number>, g: ArrayLike<number>) => normRows(values, g, bias, cols);

  test('forward and backward', () => {
    const out = bench.fresh(rows * cols);
    const stats = bench.fresh(rows * 2);
    const [xs, gains] = [bench.floats(x), bench.floats(gain)];
    bench.kernels.norm(xs.at, gains.at, bias ? bench.floats(bias).at : 0, out.at, stats.at, rows, cols);
    expectClose(out.read(), reference(x, gain), 1e-5);
    const dXExpected = numericGradient((values) => dot(reference(values, gain), gradient), x);
    const dGainExpected = numericGradient((values) => dot(reference(x, values), gradient), gain);
    for (const accumulate of [0, 1]) {
      const dX = bench.fresh(rows * cols, 2);
      const [dGain, dBias, d] = [bench.fresh(cols, 5), bench.fresh(cols, 5), bench.floats(gradient)];
      const words = [xs, gains, stats, d, dX, dGain].map(({ at }) => at) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      bench.kernels.normBackward(...words, bias ? dBias.at : 0, rows, cols, accumulate);
      const sums = Float64Array.from({ length: cols }, (_, c) => {
        let sum = 5;
        for (let r = 0; r < rows; r++) sum += gradient[r * cols + c];
        return sum;
      });
      expectClose(dBias.read(), bias ? sums : new Float64Array(cols).fill(5));
      expectClose(
        dX.read(),
        dXExpected.map((value) => value + 2 * accumulate),
        1e-5,
      );
      expectClose(
        dGain.read(),
        dGainExpected.map((value) => value + 5),
        1e-5,
      );
    }
  });
});

describe('activations', () => {
  test.each([
    [1, 4],
    [5, 12],
    [3, 20],
  ])('swiglu %i x %i', (rows, hidden) => {
    const x = randoms(rows * 2 * hidden, 30, 3);
    const gradient = randoms(rows * hidden, 31);
    const [xs, out, dX] = [bench.floats(x), bench.fresh(rows * hidden), bench.fresh(rows * 2 * hidden)];
    bench.kernels.swiglu(xs.at, out.at, rows, hidden);
    expectClose(out.read(), swiglu(x, hidden));
    bench.kernels.swigluBackward(xs.at, bench.floats(gradient).at, dX.at, rows, hidden);
    expectClose(
      dX.read(),
      numericGradient((values) => dot(swiglu(values, hidden), gradient), x),
    );
  });

  test('gelu, far tails too', () => {
    const x = Float32Array.of(...randoms(28, 32, 2), -30, -8, 8, 30);
    const gradient = randoms(x.length, 33);
    const [xs, out, dX] = [bench.floats(x), bench.fresh(x.length), bench.fresh(x.length)];
    bench.kernels.gelu(xs.at, out.at, x.length);
    expectClose(out.read(), gelu(x));
    bench.kernels.geluBackward(xs.at, bench.floats(gradient).at, dX.at, x.length);
    expectClose(
      dX.read(),
      numericGradient((values) => dot(gelu(values), gradient), x),
    );
  });
});

describe('rows', () => {
  const [rows, cols, entries] = [9, 12, 5];
  const index = Int32Array.from({ length: rows }, (_, r) => (r * 3) % entries);
  const table = randoms(entries * cols, 40);
  const x = randoms(rows * cols, 41);

  test('gather, position and scatter-add with repeated indices', () => {
    const gathered = bench.fresh(rows * cols);
    bench.kernels.gatherRows(bench.floats(table).at, bench.ints(index).at, gathered.at, rows, cols);
    const picked = Float32Array.from(
      { length: rows * cols },
      (_, i) => table[index[Math.floor(i / cols)] * cols + (i % cols)],
    );
    expect(gathered.read()).toEqual(picked);
    const moved = bench.fresh(rows * cols);
    bench.kernels.addPosition(
      bench.floats(x).at,
      bench.floats(table).at,
      bench.ints(index).at,
      moved.at,
      rows,
      cols,
    );
    expect(moved.read()).toEqual(picked.map((value, i) => value + x[i]));
    const sums = bench.floats(table);
    bench.kernels.scatterAdd(bench.floats(x).at, bench.ints(index).at, sums.at, rows, cols);
    const expected = Float64Array.from(table);
    x.forEach((value, i) => {
      expected[index[Math.floor(i / cols)] * cols + (i % cols)] += value;
    });
    expectClose(sums.read(), expected);
  });

  test('join and split are each other undone', () => {
    const [a, b] = [randoms(4 * cols, 42), randoms(5 * cols, 43)];
    // Complements name rows of pictures.
    const source = [~0, ~1, 0, 1, 2, ~2, ~3, 3, 4];
    const [image, text, places] = [bench.floats(a).at, bench.floats(b).at, bench.ints(source).at];
    const joined = bench.fresh(source.length * cols);
    bench.kernels.joinRows(image, text, joined.at, places, source.length, cols);
    const rowOf = (from: number) =>
      from < 0 ? a.slice(~from * cols, (~from + 1) * cols) : b.slice(from * cols, (from + 1) * cols);
    expect(joined.read()).toEqual(Float32Array.from(source.flatMap((from) => [...rowOf(from)])));
    const [p, q] = [bench.fresh(a.length), bench.fresh(b.length)];
    bench.kernels.splitRows(joined.at, p.at, q.at, places, source.length, cols);
    expect(p.read()).toEqual(a);
    expect(q.read()).toEqual(b);
  });

  test('column sums and sum of squares', () => {
    const [m, n] = [7, 11];
    const values = randoms(m * n, 44);
    const sums = bench.fresh(n, 1);
    bench.kernels.columnSums(bench.floats(values).at, m, n, sums.at);
    expectClose(
      sums.read(),
      Float64Array.from({ length: n }, (_, c) => {
        let sum = 1;
        for (let r = 0; r < m; r++) sum += values[r * n + c];
        return sum;
      }),
    );
    const long = randoms(4 * 333, 45);
    expect(bench.kernels.sumSquares(bench.floats(long).at, long.length)).toBeCloseTo(dot(long, long), 2);
  });
});

test('rope turns pairs by position; sign -1 turns them back', () => {
  const [rows, width, heads, positions] = [5, 16, 2, 9];
  const size = width / heads;
  const half = size / 2;
  const angle = (position: number, pair: number) => position * 10000 ** (-pair / half);
  const table = Float32Array.from({ length: positions * half * 2 }, (_, i) => {
    const a = angle(Math.floor(i / (2 * half)), Math.floor((i % (2 * half)) / 2));
    return i % 2 === 0 ? Math.cos(a) : Math.sin(a);
  });
  const at = Int32Array.of(0, 8, 3, 3, 1);
  const x = randoms(rows * 3 * width, 50);
  const expected = Float64Array.from(x);
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < 2 * heads; h++) {
      for (let i = 0; i < half; i++) {
        const low = r * 3 * width + h * size + i;
        const [a, b, turn] = [x[low], x[low + half], angle(at[r], i)];
        expected[low] = a * Math.cos(turn) - b * Math.sin(turn);
        expected[low + half] = a * Math.sin(turn) + b * Math.cos(turn);
      }
    }
  }
  const [out, positionsAt, tableAt] = [bench.fresh(x.length), bench.ints(at), bench.floats(table)];
  bench.kernels.rope(bench.floats(x).at, out.at, positionsAt.at, tableAt.at, rows, width, heads, 1);
  expectClose(out.read(), expected);
  bench.kernels.rope(out.at, out.at, positionsAt.at, tableAt.at, rows, width, heads, -1);
  expectClose(out.read(), x);
});

test('adamw follows the formula over several steps', () => {
  const n = 20;
  const [lr, beta1, beta2, epsilon, decay, scale] = [0.01, 0.9, 0.95, 1e-8, 0.1, 0.5];
  const p = Float64Array.from(randoms(n, 60));
  const [m, v] = [new Float64Array(n), new Float64Array(n)];
  const [weights, first, second] = [bench.floats(p), bench.floats(m), bench.floats(v)];
  for (let step = 1; step <= 5; step++) {
    const g = randoms(n, 60 + step, 10 ** -step);
    const [c1, c2] = [1 - beta1 ** step, 1 - beta2 ** step];
    for (let i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i] * scale;
      v[i] = beta2 * v[i] + (1 - beta2) * (g[i] * scale) ** 2;
      p[i] = p[i] * (1 - lr * decay) - (lr * (m[i] / c1)) / (Math.sqrt(v[i] / c2) + epsilon);
    }
    const gradients = bench.floats(g).at;
    const slices = bench.ints([0, n, 1]).at;
    const settings = [lr, beta1, beta2, epsilon, decay, c1, c2, scale] as const;
    bench.kernels.adamw(weights.at, gradients, first.at, second.at, slices, 1, ...settings);
  }
  expectClose(weights.read(), p);
  expectClose(first.read(), m);
  expectClose(second.read(), v);
});

test('adamw over several slices is adamw slice by slice, and nothing between them', () => {
  const slices = [
    { offset: 0, n: 8, decays: 1 },
    { offset: 16, n: 4, decays: 0 },
    { offset: 20, n: 12, decays: 1 },
  ];
  const length = 36;
  const start = [0, 1, 2, 3].map((i) => randoms(length, 70 + i).map(Math.abs));
  const settings = [0.01, 0.9, 0.95, 1e-8] as const;
  const [decay, ...corrections] = [0.1, 0.1, 0.05, 0.5] as const;
  const [one, all] = [0, 1].map(() => start.map((values) => bench.floats(values)));
  for (const { offset, n, decays } of slices) {
    const [p, g, m, v] = one.map(({ at }) => at + offset * 4);
    const slice = bench.ints([0, n, 1]).at;
    bench.kernels.adamw(p, g, m, v, slice, 1, ...settings, decays * decay, ...corrections);
  }
  const table = bench.ints(slices.flatMap(({ offset, n, decays }) => [offset, n, decays]));
  const [p, g, m, v] = all.map(({ at }) => at);
  bench.kernels.adamw(p, g, m, v, table.at, slices.length, ...settings, decay, ...corrections);
  expect(all.map((array) => array.read())).toEqual(one.map((array) => array.read()));
  expect(all[0].read()[12]).toBe(start[0][12]);
  expect(all[0].read()[24]).not.toBe(start[0][24]);
});

test.each(Object.entries(KERNEL_ARGUMENTS))('%s takes the arguments that its list names', (name, list) => {
  expect(bench.kernels[name as KernelName].length).toBe(list.split(' ').length);
});
