// GPU attention over segments, forward and backward, against float64: pictures, texts alone, shared prefixes, odd lengths.

import { describe, expect, test } from 'vitest';
import { BLOCK_ROWS, BLOCK_WORDS } from '../../src/engine/plan/blocks.ts';
import { attentionForward, imageMass } from '../../src/engine/wgsl/kernels/attention.ts';
import { attentionBackward } from '../../src/engine/wgsl/kernels/attentionBackward.ts';
import { expectClose, randoms } from './bench.ts';
import { dot, numericGradient, type Segment, segmentAttention } from './float64.ts';
import {
  attentionBackward as attentionBackward64,
  imageMass as imageMass64,
  logSumExps,
  rope as rope64,
  ropeTable,
} from './float64Attention.ts';
import { closeDawnAfterAll, GpuBench, placeSegments } from './gpuBench.ts';
import { SEGMENT_CASES, type SegmentRows, segmentsOf } from './segmentCases.ts';

closeDawnAfterAll();

const rowsOf = (segments: readonly Segment[]) => segments.reduce((sum, { own }) => sum + own, 0);

/** Places inside the item; a prefix stands before what has it as context. */
function positionsOf(segments: readonly Segment[]): Int32Array {
  return Int32Array.from(
    segments.flatMap(({ own, contextRows }) => Array.from({ length: own }, (_, i) => contextRows + i)),
  );
}

/** Statistics [heads, blocks, BLOCK_ROWS] in the order [heads, rows]. */
function byRow(
  kept: Float32Array,
  { cut, count }: ReturnType<typeof placeSegments>,
  segments: readonly Segment[],
  heads: number,
): Float64Array {
  const rows = rowsOf(segments);
  const result = new Float64Array(heads * rows);
  for (let block = 0; block < count; block++) {
    const [index, first] = cut.subarray(block * BLOCK_WORDS);
    const { start, own } = segments[index];
    for (let r = 0; r < Math.min(BLOCK_ROWS, own - first); r++) {
      for (let h = 0; h < heads; h++) {
        result[h * rows + start + first + r] = kept[(h * count + block) * BLOCK_ROWS + r];
      }
    }
  }
  return result;
}

/** Runs forward and backward; `outGradient` is dOut. */
async function run(
  qkv: ArrayLike<number>,
  outGradient: ArrayLike<number>,
  segments: readonly Segment[],
  heads: number,
  width: number,
  rope = false,
) {
  const rows = rowsOf(segments);
  const spec = { heads, headSize: width / heads };
  const bench = new GpuBench();
  const x = bench.floats('arena', qkv);
  const dOut = bench.floats('arena', outGradient);
  const out = bench.fresh('arena', rows * width);
  const placed = placeSegments(bench, segments);
  const { places, count } = placed;
  const [lse, delta] = [0, 1].map(() => bench.fresh('arena', heads * count * BLOCK_ROWS));
  const dQkv = bench.fresh('arena', rows * 3 * width);
  bench.fresh('rope', 3);
  const words = {
    ...{ ...places, qkv: x.at, out: out.at, dOut: dOut.at, lse: lse.at, delta: delta.at, dQkv: dQkv.at },
    positions: bench.ints('inputs', positionsOf(segments)).at,
    rope: bench.floats('rope', ropeTable(rows, width / heads)).at,
  };
  const uses = [attentionForward(spec, words), ...attentionBackward({ ...spec, rope }, words)];
  const { read } = await bench.run(uses, { blocks: count });
  return {
    out: read(out),
    lse: byRow(read(lse), placed, segments, heads),
    delta: byRow(read(delta), placed, segments, heads),
    dQkv: read(dQkv),
  };
}

describe.each(SEGMENT_CASES)('attention, %i heads of width %i, segments %j', (heads, width, lengths) => {
  const segments = segmentsOf(lengths);
  const rows = rowsOf(segments);
  const qkv = randoms(rows * 3 * width, 70);
  const outGradient = randoms(rows * width, 71);

  test('forward, statistics, backward', async () => {
    const result = await run(qkv, outGradient, segments, heads, width);
    const out = segmentAttention(qkv, segments, heads, width);
    expectClose(result.out, out);
    expectClose(result.lse, logSumExps(qkv, segments, heads, width));
    const delta = Float64Array.from({ length: heads * rows }, (_, n) => {
      const size = width / heads;
      const at = (n % rows) * width + Math.floor(n / rows) * size;
      return dot(out.subarray(at, at + size), outGradient.subarray(at, at + size));
    });
    expectClose(result.delta, delta);
    const gradient = numericGradient(
      (values) => dot(segmentAttention(values, segments, heads, width), outGradient),
      qkv,
    );
    expectClose(attentionBackward64(qkv, outGradient, segments, heads, width), gradient, 1e-8);
    expectClose(result.dQkv, gradient, 5e-6);
  });

  test('mass on the picture, written and added', async () => {
    const spec = { heads, headSize: width / heads, layers: 2 };
    const bench = new GpuBench();
    const layers = [qkv, randoms(qkv.length, 77)];
    const out = bench.fresh('arena', rows * width).at;
    const mass = bench.fresh('arena', rows);
    const { places, count } = placeSegments(bench, segments);
    const uses = layers.flatMap((values, layer) => {
      const lse = bench.fresh('arena', heads * count * BLOCK_ROWS).at;
      const words = { ...places, qkv: bench.floats('arena', values).at, out, lse };
      return [attentionForward(spec, words), imageMass(spec, { ...words, mass: mass.at, add: layer })];
    });
    const { read } = await bench.run(uses, { blocks: count });
    const parts = layers.map((values) => imageMass64(values, segments, heads, width));
    expectClose(
      read(mass),
      parts[0].map((value, i) => (value + parts[1][i]) / 2),
    );
  });
});

const GROUPS: readonly SegmentRows[] = [
  [11, 8],
  [13, 8, 11],
  [0, 8, 11],
  [7, 8, 11],
  [9, 0],
  [21, 8],
];

test.each([16, 32])('with RoPE, heads of %i', async (size) => {
  const segments = segmentsOf(GROUPS);
  const width = 2 * size;
  const rows = rowsOf(segments);
  const raw = randoms(rows * 3 * width, 72);
  const outGradient = randoms(rows * width, 73);
  const table = ropeTable(rows, size);
  const positions = positionsOf(segments);
  const turned = Float32Array.from(rope64(raw, table, positions, width, 2));
  const { out, dQkv } = await run(turned, outGradient, segments, 2, width, true);
  expectClose(out, segmentAttention(turned, segments, 2, width));
  const dTurned = attentionBackward64(turned, outGradient, segments, 2, width);
  expectClose(dQkv, rope64(dTurned, table, positions, width, 2, -1), 5e-6);
});

test('scores in the hundreds: finite, and as float64 says', async () => {
  const segments = segmentsOf(GROUPS);
  const rows = rowsOf(segments);
  const qkv = randoms(rows * 24, 74, 12);
  const outGradient = randoms(rows * 8, 75);
  const { out, lse, dQkv } = await run(qkv, outGradient, segments, 1, 8);
  expectClose(lse, logSumExps(qkv, segments, 1, 8));
  expectClose(out, segmentAttention(qkv, segments, 1, 8), 1e-4);
  expectClose(dQkv, attentionBackward64(qkv, outGradient, segments, 1, 8), 1e-4);
  const huge = qkv.map((value) => value * 1e6);
  const result = await run(huge, outGradient, segments, 1, 8);
  for (const values of [result.out, result.lse, result.dQkv]) {
    expect(values.every(Number.isFinite)).toBe(true);
  }
});
