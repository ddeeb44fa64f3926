// The GPU KV cache and the decode step against float64: slots in any order, samples of different length, hidden pictures, RoPE.

import { describe, expect, test } from 'vitest';
import {
  type DecodeSpec,
  decodeAttention,
  fillCache,
} from '../../src/engine/wgsl/kernels/decodeAttention.ts';
import { expectClose, randoms } from './bench.ts';
import { attention } from './float64.ts';
import { rope as rope64, ropeTable } from './float64Attention.ts';
import { closeDawnAfterAll, GpuBench } from './gpuBench.ts';

closeDawnAfterAll();

test.each([
  [1, 1, 1, 1, 4],
  [3, 2, 5, 9, 12],
  [2, 4, 7, 7, 32],
])(
  '%i prompts for %i samples each, %i rows in a cache of %i, width %i',
  async (batch, groupSize, time, capacity, width) => {
    const bench = new GpuBench();
    const qkv = randoms(batch * time * 3 * width, 80);
    const cache = bench.fresh('cache', batch * groupSize * capacity * 2 * width);
    const words = { qkv: bench.floats('arena', qkv).at, cache: cache.at, groupSize, batch, time, capacity };
    const { read } = await bench.run([fillCache({ heads: 1, headSize: width }, words)]);
    const expected = new Float32Array(cache.length).fill(777);
    for (let slot = 0; slot < batch * groupSize; slot++) {
      for (let t = 0; t < time; t++) {
        const row = (Math.floor(slot / groupSize) * time + t) * 3 * width;
        expected.set(qkv.subarray(row + width, row + 3 * width), (slot * capacity + t) * 2 * width);
      }
    }
    expect(read(cache)).toEqual(expected);
  },
);

const SLOTS = 5;
const CAPACITY = 45;
/** Row r decodes slot ORDER[r]; slot 2 has ended and is not among them. */
const ORDER = [4, 0, 3, 1];
const PROMPT_END = [6, 1, 3, 40, 9];
const COUNTS = [1, 1, 2, 5, 12];
const KEY_START = [0, 0, 0, 3, 9];

/** Slot by slot: the rows so far [position + 1, 3 width], unrotated; the last is the one that is decoded. */
function histories(width: number) {
  return PROMPT_END.map((end, slot) => randoms((end + COUNTS[slot]) * 3 * width, 90 + slot));
}

function turned(rows: Float32Array, spec: DecodeSpec, width: number): Float32Array {
  if (!spec.rope) return rows;
  const positions = Int32Array.from({ length: rows.length / (3 * width) }, (_, position) => position);
  const table = ropeTable(positions.length, spec.headSize);
  return Float32Array.from(rope64(rows, table, positions, width, spec.heads));
}

const SPECS: DecodeSpec[] = [
  { heads: 1, headSize: 4, causal: true, rope: false },
  { heads: 3, headSize: 8, causal: true, rope: true },
  { heads: 3, headSize: 8, causal: true, rope: true, variant: 'workgroup' },
  { heads: 2, headSize: 32, causal: true, rope: false, variant: 'workgroup' },
];

describe.each(SPECS)('decode step %o', (spec) => {
  const { heads, headSize } = spec;
  const width = heads * headSize;

  /** A cache whose unused places hold NaN, which must not be read. */
  const setUp = (bench: GpuBench) => {
    const rows = histories(width);
    const content = new Float32Array(SLOTS * CAPACITY * 2 * width).fill(Number.NaN);
    rows.forEach((history, slot) => {
      const seen = turned(history, spec, width);
      for (let t = 0; t < PROMPT_END[slot] + COUNTS[slot] - 1; t++) {
        const row = seen.subarray((3 * t + 1) * width, 3 * (t + 1) * width);
        content.set(row, (slot * CAPACITY + t) * 2 * width);
      }
    });
    bench.fresh('cache', 64); // another layer
    const cache = bench.floats('cache', content);
    const fresh = ORDER.flatMap((slot) => Array.from(rows[slot].subarray(-3 * width)));
    bench.ints('inputs', [1]);
    bench.ints('state', [1]);
    const out = bench.fresh('arena', SLOTS * width);
    const words = {
      qkv: bench.floats('arena', [...fresh, ...new Float32Array(3 * width)]).at,
      out: out.at,
      cache: cache.at,
      capacity: CAPACITY,
      slots: bench.ints('inputs', [...ORDER, 2]).at,
      promptEnd: bench.ints('inputs', PROMPT_END).at,
      slotKeyStart: bench.ints('inputs', KEY_START).at,
      counts: bench.ints('state', COUNTS).at,
      rope: bench.floats('rope', ropeTable(CAPACITY, headSize)).at,
    };
    return { rows, content, cache, out, words };
  };

  test('rows in use: attention over the cached keys and their own', async () => {
    const bench = new GpuBench();
    const { rows, content, cache, out, words } = setUp(bench);
    const { read } = await bench.run([decodeAttention(spec, words)], { rows: ORDER.length });
    const stored = content.slice();
    ORDER.forEach((slot, row) => {
      const whole = turned(rows[slot], spec, width);
      const time = whole.length / (3 * width);
      const shape = { batch: 1, time, prefix: 0, heads, width, causal: true };
      const expected = attention(whole, [KEY_START[slot]], shape).subarray((time - 1) * width);
      expectClose(read(out).subarray(row * width, (row + 1) * width), expected);
      stored.set(whole.subarray(-2 * width), (slot * CAPACITY + time - 1) * 2 * width);
    });
    // Rows that are not in use write nothing.
    expect(read(out).subarray(ORDER.length * width)).toEqual(new Float32Array(width).fill(777));
    const after = read(cache);
    expect(Array.from(after, Number.isNaN)).toEqual(Array.from(stored, Number.isNaN));
    expectClose(
      after.filter((value) => !Number.isNaN(value)),
      stored.filter((value) => !Number.isNaN(value)),
    );
  });

  test('counts of zero and positions past the end stay inside the cache', async () => {
    const bench = new GpuBench();
    const { words, out } = setUp(bench);
    const zero = {
      ...words,
      promptEnd: bench.ints('inputs', [0, 1, 1000, CAPACITY, 2]).at,
      counts: bench.ints('state', [0, 0, 9, 1, 0]).at,
    };
    const { read } = await bench.run([decodeAttention(spec, zero)], { rows: SLOTS });
    // Slot 1 of row 3 stands at position 0: it sees itself alone.
    const value = histories(width)[1].subarray(-width);
    expectClose(read(out).subarray(3 * width, 4 * width), value);
  });
});
