// GPU attention over whole sequences, forward and backward, against float64: masks, prefixes, hidden pictures, odd lengths.

import { describe, expect, test } from 'vitest';
import { type AttentionSpec, attentionForward, prefixMass } from '../../src/engine/wgsl/kernels/attention.ts';
import { attentionBackward } from '../../src/engine/wgsl/kernels/attentionBackward.ts';
import { expectClose, randoms } from './bench.ts';
import { type AttentionShape, attention, dot, numericGradient } from './float64.ts';
import {
  attentionBackward as attentionBackward64,
  attentionStatistics,
  prefixMass as prefixMass64,
  rope as rope64,
  ropeTable,
} from './float64Attention.ts';
import { closeDawnAfterAll, GpuBench } from './gpuBench.ts';

closeDawnAfterAll();

type Rows = AttentionSpec['rows'];

/** Runs forward and backward; `outGradient` is dOut. */
async function run(
  qkv: ArrayLike<number>,
  outGradient: ArrayLike<number>,
  keyStart: number[],
  shape: AttentionShape,
  { rows, rope = false }: { rows?: Rows; rope?: boolean } = {},
) {
  const { batch, time, prefix, heads, width, causal } = shape;
  const spec = { heads, headSize: width / heads, causal, rows };
  const bench = new GpuBench();
  const x = bench.floats('arena', qkv);
  const dOut = bench.floats('arena', outGradient);
  const out = bench.fresh('arena', batch * time * width);
  const lse = bench.fresh('arena', batch * heads * time);
  const delta = bench.fresh('arena', batch * heads * time);
  const dQkv = bench.fresh('arena', batch * time * 3 * width);
  // Neither the masks nor the table start at the beginning of their buffer.
  bench.ints('inputs', [9]);
  bench.fresh('rope', 3);
  const words = {
    qkv: x.at,
    out: out.at,
    dOut: dOut.at,
    lse: lse.at,
    delta: delta.at,
    dQkv: dQkv.at,
    keyStart: bench.ints('inputs', keyStart).at,
    rope: bench.floats('rope', ropeTable(time, width / heads)).at,
    batch,
    time,
    prefix,
  };
  const uses = [attentionForward(spec, words), ...attentionBackward({ ...spec, rope }, words)];
  const { read } = await bench.run(uses);
  return { out: read(out), lse: read(lse), delta: read(delta), dQkv: read(dQkv) };
}

/** Shape, first visible key of each item, rows per invocation. */
const CASES: readonly [AttentionShape, number[], Rows][] = [
  [{ batch: 1, time: 1, prefix: 0, heads: 1, width: 4, causal: true }, [0], undefined],
  [{ batch: 3, time: 9, prefix: 4, heads: 2, width: 16, causal: true }, [0, 4, 0], undefined],
  [{ batch: 2, time: 12, prefix: 5, heads: 2, width: 16, causal: true }, [5, 0], undefined],
  [{ batch: 3, time: 7, prefix: 3, heads: 3, width: 24, causal: true }, [3, 0, 3], 1],
  [{ batch: 2, time: 6, prefix: 6, heads: 2, width: 16, causal: false }, [0, 2], 2],
  [{ batch: 2, time: 16, prefix: 16, heads: 1, width: 8, causal: false }, [0, 0], 8],
];

describe.each(CASES)('attention %o, keys from %o, rows %o', (shape, keyStart, rows) => {
  const { batch, time, heads, width } = shape;
  const qkv = randoms(batch * time * 3 * width, 70);
  const outGradient = randoms(batch * time * width, 71);

  test('forward, statistics, backward', async () => {
    const result = await run(qkv, outGradient, keyStart, shape, { rows });
    const out = attention(qkv, keyStart, shape);
    expectClose(result.out, out);
    expectClose(result.lse, attentionStatistics(qkv, keyStart, shape).lse);
    const delta = Float64Array.from({ length: batch * heads * time }, (_, n) => {
      const size = width / heads;
      const row = Math.floor(n / (heads * time)) * time + (n % time);
      const at = row * width + (Math.floor(n / time) % heads) * size;
      return dot(out.subarray(at, at + size), outGradient.subarray(at, at + size));
    });
    expectClose(result.delta, delta);
    const gradient = numericGradient((values) => dot(attention(values, keyStart, shape), outGradient), qkv);
    expectClose(attentionBackward64(qkv, outGradient, keyStart, shape), gradient, 1e-8);
    expectClose(result.dQkv, gradient, 5e-6);
  });
});

test.each([
  [true, 24, 8, 16, 4],
  [false, 21, 8, 32, 1],
] as const)(
  'with RoPE, causal %s, time %i, prefix %i, heads of %i, rows %i',
  async (causal, time, prefix, size, rowsEach) => {
    const shape = { batch: 3, time, prefix, heads: 2, width: 2 * size, causal };
    const [rows, width] = [3 * time, 2 * size];
    const raw = randoms(rows * 3 * width, 72);
    const outGradient = randoms(rows * width, 73);
    const table = ropeTable(time, size);
    const positions = Int32Array.from({ length: rows }, (_, r) => r % time);
    const turned = Float32Array.from(rope64(raw, table, positions, width, 2));
    const starts = causal ? [0, prefix, 0] : [0, 0, 0];
    const { out, dQkv } = await run(turned, outGradient, starts, shape, { rope: true, rows: rowsEach });
    expectClose(out, attention(turned, starts, shape));
    const dTurned = attentionBackward64(turned, outGradient, starts, shape);
    expectClose(dQkv, rope64(dTurned, table, positions, width, 2, -1), 5e-6);
  },
);

test('scores in the hundreds: finite, and as float64 says', async () => {
  const shape = { batch: 2, time: 11, prefix: 3, heads: 1, width: 8, causal: true };
  const qkv = randoms(2 * 11 * 24, 74, 12);
  const outGradient = randoms(2 * 11 * 8, 75);
  const { out, lse, dQkv } = await run(qkv, outGradient, [0, 3], shape);
  expectClose(lse, attentionStatistics(qkv, [0, 3], shape).lse);
  expectClose(out, attention(qkv, [0, 3], shape), 1e-4);
  expectClose(dQkv, attentionBackward64(qkv, outGradient, [0, 3], shape), 1e-4);
  const huge = await run(
    qkv.map((value) => value * 1e6),
    outGradient,
    [0, 3],
    shape,
  );
  for (const values of [huge.out, huge.lse, huge.dQkv]) expect(values.every(Number.isFinite)).toBe(true);
});

test.each([
  [13, 5, [0, 5, 0]],
  [40, 3, [3, 0, 0]],
])('mass on the prefix, time %i, written and added', async (time, prefix, keyStart) => {
  const shape = { batch: 3, time, prefix, heads: 2, width: 16, causal: true };
  const spec = { heads: 2, headSize: 8, causal: true, layers: 2 };
  const bench = new GpuBench();
  const layers = [76, 77].map((seed) => randoms(3 * time * 48, seed));
  const out = bench.fresh('arena', 3 * time * 16).at;
  const mass = bench.fresh('arena', 3 * time);
  const starts = bench.ints('inputs', keyStart).at;
  const uses = layers.flatMap((qkv, layer) => {
    const lse = bench.fresh('arena', 3 * 2 * time).at;
    const words = { qkv: bench.floats('arena', qkv).at, out, lse, keyStart: starts, batch: 3, time, prefix };
    return [attentionForward(spec, words), prefixMass(spec, { ...words, mass: mass.at, add: layer })];
  });
  const { read } = await bench.run(uses);
  const parts = layers.map((qkv) => prefixMass64(qkv, keyStart, shape));
  expectClose(
    read(mass),
    parts[0].map((value, i) => (value + parts[1][i]) / 2),
  );
});
