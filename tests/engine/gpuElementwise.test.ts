// The elementwise GPU kernels against float64 references.

import { describe, test } from 'vitest';
import { gelu } from '../../src/engine/wgsl/kernels/elementwise.ts';
import { expectClose, randoms } from './bench.ts';
import { gelu as gelu64 } from './float64.ts';
import { closeDawnAfterAll, GpuBench } from './gpuBench.ts';

closeDawnAfterAll();

describe('gelu', () => {
  test.each([1, 63, 64, 65, 1000])('%i elements', async (count) => {
    const bench = new GpuBench();
    const values = randoms(count, 1, 3);
    const x = bench.floats('arena', values);
    const out = bench.fresh('arena', count);
    const { read } = await bench.run([gelu({ x: x.at, out: out.at, count })]);
    expectClose(read(out), gelu64(values));
  });
});
