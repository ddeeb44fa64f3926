// The matrix product against float64, over sizes that are no multiple of any tile: all three layouts and all epilogues.

import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, randoms, Workbench } from './bench.ts';
import { matmul, transposed } from './float64.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.create();
});

const SIZES = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 8, 16],
  [5, 9, 3],
  [13, 17, 19],
  [1, 23, 300],
  [31, 1, 257],
  [6, 40, 513],
] as const;

describe('gemm', () => {
  test.each(SIZES)('plain, m %i n %i k %i', (m, n, k) => {
    const [a, b] = [randoms(m * k, 1), randoms(k * n, 2)];
    const c = bench.fresh(m * n);
    bench.kernels.gemm(
      m,
      n,
      k,
      bench.floats(a).at,
      k,
      1,
      bench.floats(b).at,
      n,
      c.at,
      n,
      0,
      0,
      0,
      bench.scratch(),
    );
    expectClose(c.read(), matmul(a, b, m, n, k));
  });

  test.each(SIZES)('transposed left operand, m %i n %i k %i', (m, n, k) => {
    const [a, b] = [randoms(k * m, 3), randoms(k * n, 4)];
    const c = bench.fresh(m * n);
    bench.kernels.gemm(
      m,
      n,
      k,
      bench.floats(a).at,
      1,
      m,
      bench.floats(b).at,
      n,
      c.at,
      n,
      0,
      0,
      0,
      bench.scratch(),
    );
    expectClose(c.read(), matmul(transposed(a, k, m), b, m, n, k));
  });

  test.each(SIZES)('transposed right operand through transpose, m %i n %i k %i', (m, n, k) => {
    const [a, b] = [randoms(m * k, 5), randoms(n * k, 6)];
    const c = bench.fresh(m * n);
    const turned = bench.fresh(n * k);
    bench.kernels.transpose(bench.floats(b).at, k, n, k, turned.at, n);
    expect(turned.read()).toEqual(Float32Array.from(transposed(b, n, k)));
    bench.kernels.gemm(m, n, k, bench.floats(a).at, k, 1, turned.at, n, c.at, n, 0, 0, 0, bench.scratch());
    expectClose(c.read(), matmul(a, transposed(b, n, k), m, n, k));
  });

  test.each(SIZES)('packed right operand, as it lies and transposed, m %i n %i k %i', (m, n, k) => {
    const [a, b, residual, bias] = [
      randoms(m * k, 5),
      randoms(k * n, 6),
      randoms(m * n, 7),
      randoms(n + 8, 8),
    ];
    const product = matmul(a, b, m, n, k);
    const expected = product.map((value, i) => value + residual[i] + bias[i % n]);
    for (const turned of [false, true]) {
      const packed = bench.fresh(Math.ceil(n / 8) * 8 * k);
      const weight = bench.floats(turned ? transposed(b, k, n) : b).at;
      bench.kernels.packWeight(weight, k, n, turned ? 1 : 0, packed.at);
      packed.read();
      const c = bench.fresh(m * n);
      const added = [bench.floats(bias).at, bench.floats(residual).at] as const;
      bench.kernels.gemmPacked(m, n, k, bench.floats(a).at, packed.at, c.at, n, ...added, bench.scratch());
      expectClose(c.read(), expected);
    }
  });

  test.each(SIZES)('bias, residual and accumulation, m %i n %i k %i', (m, n, k) => {
    const [a, b, residual, old] = [
      randoms(m * k, 7),
      randoms(k * n, 8),
      randoms(m * n, 9),
      randoms(m * n, 10),
    ];
    // Biases are padded to 64 values in the parameter buffer, so reading up to a multiple of 8 is fine.
    const bias = new Float32Array(Math.ceil(n / 8) * 8);
    bias.set(randoms(n, 11));
    const product = matmul(a, b, m, n, k);
    const run = (useBias: boolean, useResidual: boolean, accumulate: boolean) => {
      const c = bench.floats(old);
      bench.kernels.gemm(
        m,
        n,
        k,
        bench.floats(a).at,
        k,
        1,
        bench.floats(b).at,
        n,
        c.at,
        n,
        useBias ? bench.floats(bias).at : 0,
        useResidual ? bench.floats(residual).at : 0,
        accumulate ? 1 : 0,
        bench.scratch(),
      );
      const expected = product.map(
        (value, i) =>
          value + (useBias ? bias[i % n] : 0) + (useResidual ? residual[i] : 0) + (accumulate ? old[i] : 0),
      );
      expectClose(c.read(), expected);
    };
    run(true, false, false);
    run(true, true, false);
    run(false, false, true);
    run(true, true, true);
  });

  test('a block inside a wider matrix leaves its surroundings alone', () => {
    const [m, n, k, wide] = [5, 7, 9, 20];
    const [a, b] = [randoms(m * k, 12), randoms(k * wide, 13)];
    const c = bench.fresh(m * wide, 3);
    bench.kernels.gemm(
      m,
      n,
      k,
      bench.floats(a).at,
      k,
      1,
      bench.floats(b).at + 8,
      wide,
      c.at + 16,
      wide,
      0,
      0,
      0,
      bench.scratch(),
    );
    const block = Float64Array.from({ length: k * n }, (_, i) => b[Math.floor(i / n) * wide + 2 + (i % n)]);
    const expected = new Float64Array(m * wide).fill(3);
    matmul(a, block, m, n, k).forEach((value, i) => {
      expected[Math.floor(i / n) * wide + 4 + (i % n)] = value;
    });
    expectClose(c.read(), expected);
  });
});
