// The GPU KV cache and the decode step against float64: slots in any order, samples of different length, hidden pictures, RoPE.

import { describe, expect, test } from 'vitest';
import {
  type DecodeSpec,
  decodeAttention,
  fillCache,
} from '../../src/engine/wgsl/kernels/decodeAttention.ts';
import { expectClose, randoms } from './bench.ts';
import { segmentAttention } from './float64.ts';
import { rope as rope64, ropeTable } from './float64Attention.ts';
import { closeDawnAfterAll, GpuBench, placeSegments, ROWS } from './gpuBench.ts';
import { segmentsOf } from './segmentCases.ts';

closeDawnAfterAll();

test.each([
  [[[5, 2]], 1, 9, 4],
  [
    [
      [7, 2],
      [3, 0],
      [1, 0],
    ],
    2,
    9,
    12,
  ],
  [
    [
      [6, 0],
      [9, 2],
    ],
    4,
    11,
    32,
  ],
] as const)(
  'prompts of [rows, rows of a picture] %j for %i samples each, in a cache of %i, width %i',
  async (prompts, groupSize, capacity, width) => {
    const bench = new GpuBench();
    const segments = segmentsOf(prompts);
    const rows = prompts.reduce((sum, [own]) => sum + own, 0);
    const qkv = randoms(rows * 3 * width, 80);
    // Behind the two places of a picture where there is none.
    const positions = segments.flatMap(({ own, image }) =>
      Array.from({ length: own }, (_, i) => (image > 0 ? i : 2 + i)),
    );
    const cache = bench.fresh('cache', prompts.length * groupSize * capacity * 2 * width);
    const { places, count } = placeSegments(bench, segments);
    const words = {
      ...{ ...places, qkv: bench.floats('arena', qkv).at, cache: cache.at, capacity },
      positions: bench.ints('inputs', positions).at,
    };
    const use = fillCache({ heads: 1, headSize: width }, words);
    const { read } = await bench.run([use], { blocks: count, groupSize });
    const expected = new Float32Array(cache.length).fill(777);
    segments.forEach(({ start, own }, prompt) => {
      for (let slot = prompt * groupSize; slot < (prompt + 1) * groupSize; slot++) {
        for (let row = start; row < start + own; row++) {
          const at = (slot * capacity + positions[row]) * 2 * width;
          expected.set(qkv.subarray((3 * row + 1) * width, 3 * (row + 1) * width), at);
        }
      }
    });
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
  { heads: 1, headSize: 4, rope: false },
  { heads: 3, headSize: 8, rope: true },
  { heads: 3, headSize: 8, rope: true, variant: 'workgroup' },
  { heads: 2, headSize: 32, rope: false, variant: 'workgroup' },
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
      rows: ROWS,
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
      // Keys before the first that the slot sees are left out.
      const seen = whole.subarray(KEY_START[slot] * 3 * width);
      const segments = segmentsOf([[time - KEY_START[slot], 0]]);
      const expected = segmentAttention(seen, segments, heads, width).subarray(-width);
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
