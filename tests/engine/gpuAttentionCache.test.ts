// The GPU KV cache and the decode step against float64: slots in any order that share prompts, samples of different length, RoPE.

import { describe, expect, test } from 'vitest';
import { rowsWord } from '../../src/engine/wgsl/kernel.ts';
import {
  type DecodeSpec,
  decodeAttention,
  fillCache,
} from '../../src/engine/wgsl/kernels/decodeAttention.ts';
import { expectClose, randoms } from './bench.ts';
import { segmentAttention } from './float64.ts';
import { rope as rope64, ropeTable } from './float64Attention.ts';
import { closeDawnAfterAll, GpuBench, ROWS } from './gpuBench.ts';
import { segmentsOf } from './segmentCases.ts';

closeDawnAfterAll();

test.each([
  [5, 4],
  [7, 12],
  [33, 40],
])('the cache takes keys and values of %i rows, width %i', async (rows, width) => {
  const bench = new GpuBench();
  const qkv = randoms((rows + 1) * 3 * width, 80);
  bench.fresh('cache', 64); // another layer
  const cache = bench.fresh('cache', (rows + 1) * 2 * width);
  const words = { qkv: bench.floats('arena', qkv).at, cache: cache.at, rows: ROWS };
  const { read } = await bench.run([fillCache({ heads: 1, headSize: width }, words)], { rows });
  const expected = new Float32Array(cache.length).fill(777);
  for (let row = 0; row < rows; row++)
    expected.set(qkv.subarray((3 * row + 1) * width, 3 * (row + 1) * width), row * 2 * width);
  expect(read(cache)).toEqual(expected);
});

/** Rows of three prompts in the cache, and which of them each slot goes on from; all start behind places of a picture. */
const PROMPT_ROWS = [6, 1, 40];
const PROMPT_OF = [0, 0, 1, 2, 2];
const PROMPT_START = [0, 6, 7];
const CACHED_PROMPTS = 47;
const SLOTS = PROMPT_OF.length;
const MOST_TOKENS = 12;
/** Row r decodes slot ORDER[r]; slot 2 has ended and is not among them. */
const ORDER = [4, 0, 3, 1];
const COUNTS = [1, 3, 2, 5, 12];
/** Places that stay empty before each prompt: of a picture that is not there. */
const EMPTY = [0, 9, 3];

/** The rows of each prompt and of each slot's tokens, [rows, 3 width], unrotated; a slot's last is the one that is decoded. */
function histories(width: number) {
  const prompts = PROMPT_ROWS.map((rows, prompt) => randoms(rows * 3 * width, 90 + prompt));
  const tokens = COUNTS.map((count, slot) => randoms(count * 3 * width, 95 + slot));
  return { prompts, tokens };
}

/** Rotated by their positions, the first of them `start`. */
function turned(rows: Float32Array, spec: DecodeSpec, width: number, start: number): Float32Array {
  if (!spec.rope) return rows;
  const positions = Int32Array.from({ length: rows.length / (3 * width) }, (_, i) => start + i);
  const table = ropeTable(start + positions.length, spec.headSize);
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

  const { prompts, tokens } = histories(width);
  const turnedPrompts = prompts.map((rows, prompt) => turned(rows, spec, width, EMPTY[prompt]));
  const turnedTokens = tokens.map((rows, slot) => {
    const prompt = PROMPT_OF[slot];
    return turned(rows, spec, width, EMPTY[prompt] + PROMPT_ROWS[prompt]);
  });
  const ownStart = (slot: number) => CACHED_PROMPTS + slot * MOST_TOKENS;

  /** Writes keys and values of rows [from, to) to the cache from a row on. */
  function store(content: Float32Array, row: number, rows: Float32Array, from: number, to: number): void {
    for (let t = from; t < to; t++)
      content.set(rows.subarray((3 * t + 1) * width, 3 * (t + 1) * width), (row + t) * 2 * width);
  }

  /** A cache whose unused places hold NaN, which must not be read. */
  const setUp = (bench: GpuBench) => {
    const content = new Float32Array((CACHED_PROMPTS + SLOTS * MOST_TOKENS) * 2 * width).fill(Number.NaN);
    turnedPrompts.forEach((rows, prompt) => {
      store(content, PROMPT_START[prompt], rows, 0, PROMPT_ROWS[prompt]);
    });
    turnedTokens.forEach((rows, slot) => {
      store(content, ownStart(slot), rows, 0, COUNTS[slot] - 1);
    });
    bench.fresh('cache', 64); // another layer
    const cache = bench.floats('cache', content);
    const fresh = ORDER.flatMap((slot) => Array.from(tokens[slot].subarray(-3 * width)));
    bench.ints('inputs', [1]);
    bench.ints('state', [1]);
    const out = bench.fresh('arena', SLOTS * width);
    const ofPrompts = (values: readonly number[]) =>
      bench.ints(
        'inputs',
        PROMPT_OF.map((prompt) => values[prompt]),
      ).at;
    const words = {
      qkv: bench.floats('arena', [...fresh, ...new Float32Array(3 * width)]).at,
      out: out.at,
      cache: cache.at,
      slots: bench.ints('inputs', [...ORDER, 2]).at,
      promptEnd: ofPrompts(PROMPT_ROWS.map((rows, prompt) => EMPTY[prompt] + rows)),
      promptStart: ofPrompts(PROMPT_START),
      promptRows: ofPrompts(PROMPT_ROWS),
      counts: bench.ints('state', COUNTS).at,
      rows: rowsWord('sampleRows'),
      rope: bench.floats('rope', ropeTable(64, headSize)).at,
    };
    return { content, cache, out, words };
  };

  const step = { sequenceRows: CACHED_PROMPTS, maxNewTokens: MOST_TOKENS };

  test('rows in use: attention over the prompt, the tokens so far and their own', async () => {
    const bench = new GpuBench();
    const { content, cache, out, words } = setUp(bench);
    const { read } = await bench.run([decodeAttention(spec, words)], { ...step, sampleRows: ORDER.length });
    const stored = content.slice();
    ORDER.forEach((slot, row) => {
      const seen = Float32Array.of(...turnedPrompts[PROMPT_OF[slot]], ...turnedTokens[slot]);
      const segments = segmentsOf([[seen.length / (3 * width), 0]]);
      const expected = segmentAttention(seen, segments, heads, width).subarray(-width);
      expectClose(read(out).subarray(row * width, (row + 1) * width), expected);
      store(stored, ownStart(slot), turnedTokens[slot], COUNTS[slot] - 1, COUNTS[slot]);
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

  test('counts of zero and beyond the most tokens stay in the place of their slot', async () => {
    const bench = new GpuBench();
    const { content, cache, words } = setUp(bench);
    const counts = bench.ints('state', [0, 0, 1, 99, 1000]).at;
    const { read } = await bench.run([decodeAttention(spec, { ...words, counts })], {
      ...step,
      sampleRows: SLOTS,
    });
    const after = read(cache);
    const changed = new Set<number>();
    after.forEach((value, i) => {
      if (!Object.is(value, content[i])) changed.add(Math.floor(i / (2 * width)));
    });
    const places = [ownStart(0), ownStart(1), ownStart(2), ownStart(3) + 11, ownStart(4) + 11];
    expect([...changed].sort((a, b) => a - b)).toEqual(places);
  });
});
