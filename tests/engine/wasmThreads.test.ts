// Divided kernel calls: the parts together are the whole call to the bit, and so are models on several real threads.

import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { EngineModel } from '../../src/engine/types.ts';
import { createCore, createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { WasmModel } from '../../src/engine/wasm/model.ts';
import { DIVISIONS, gemmByRows, MAX_ARGUMENTS } from '../../src/engine/wasm/threads/divisions.ts';
import { firstItem, Sharing } from '../../src/engine/wasm/threads/sharing.ts';
import { type Placed, randoms, Workbench } from './bench.ts';
import { type Segment, segmentWords } from './float64.ts';
import {
  BACKBONE_NAMES,
  NO_STEP,
  predictedRows,
  REQUEST,
  SIMD,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.create();
});
afterEach(() => vi.unstubAllGlobals());

test('parts cover all items once, in order, at multiples of the grain', () => {
  for (const items of [0, 1, 3, 4, 7, 8, 9, 31, 64, 1536]) {
    for (const grain of [1, 4, 8]) {
      for (const threads of [1, 2, 3, 4]) {
        expect(firstItem(items, grain, 0, threads)).toBe(0);
        expect(firstItem(items, grain, threads, threads)).toBe(items);
        for (let index = 0; index < threads; index++) {
          const from = firstItem(items, grain, index, threads);
          expect(firstItem(items, grain, index + 1, threads)).toBeGreaterThanOrEqual(from);
          expect(from === items || from % grain === 0).toBe(true);
        }
      }
    }
  }
});

const SCRATCH = 1 << 14;

/** Arguments of one call and the arrays it writes. `turn` makes fresh results, so that two calls can be compared. */
type Case = () => { values: number[]; results: Placed[] };

const floats = (length: number, seed: number) => bench.floats(randoms(length, seed));
const indices = (length: number, end: number) =>
  bench.ints(Int32Array.from({ length }, (_, i) => (i * 5) % end));

function gemmCase(m: number, n: number, k: number, transposed: boolean): Case {
  return () => {
    const [a, b, bias, residual] = [m * k, k * n, n + 8, m * n].map((length, i) => floats(length, i));
    const c = floats(m * n, 9);
    const strides = transposed ? [1, m] : [k, 1];
    const values = [
      m,
      n,
      k,
      a.at,
      ...strides,
      b.at,
      n,
      c.at,
      n,
      bias.at,
      residual.at,
      1,
      bench.scratch(4 * SCRATCH),
    ];
    return { values, results: [c] };
  };
}

const [ROWS, COLS] = [7, 12];
const [BATCH, HEADS, WIDTH] = [5, 2, 16];
/** A prefix with a picture, two items of it, and one by itself. */
const SEGMENTS: readonly Segment[] = [
  { context: 0, contextRows: 0, start: 0, own: 6, image: 4 },
  { context: 0, contextRows: 6, start: 6, own: 5, image: 4 },
  { context: 0, contextRows: 6, start: 11, own: 3, image: 4 },
  { context: 0, contextRows: 0, start: 14, own: 9, image: 0 },
];
const [PACKED, STRIDE] = [23, 12];
const segmentValues = () => [
  bench.ints(segmentWords(SEGMENTS)).at,
  SEGMENTS.length,
  PACKED,
  HEADS,
  WIDTH / HEADS,
  WIDTH,
  STRIDE,
  bench.scratch(4 * SCRATCH),
];

const CASES: { [division: string]: Case } = {
  gemmPacked: () => {
    const [m, n, k] = [9, 20, COLS];
    const [a, packed, bias, residual] = [m * k, 24 * k, n + 8, m * n].map((length, i) => floats(length, i));
    const c = bench.fresh(m * n);
    const values = [m, n, k, a.at, packed.at, c.at, n, bias.at, residual.at, bench.scratch(4 * SCRATCH)];
    return { values, results: [c] };
  },
  sampleRows: () => {
    const [tokens, logp] = [bench.fresh(ROWS), bench.fresh(ROWS)];
    const logits = floats(ROWS * 23, 1).at;
    const uniforms = bench.floats(Float32Array.from({ length: ROWS }, (_, r) => r / ROWS)).at;
    const scratch = bench.scratch(4 * SCRATCH);
    const values = [logits, uniforms, bench.floats([0.8]).at, ROWS, 23, tokens.at, logp.at, scratch];
    return { values, results: [tokens, logp] };
  },
  transpose: () => {
    const out = bench.fresh(ROWS * COLS);
    return { values: [floats(ROWS * 20, 1).at, 20, ROWS, COLS, out.at, ROWS], results: [out] };
  },
  norm: () => {
    const [out, stats] = [bench.fresh(ROWS * COLS), bench.fresh(2 * ROWS)];
    const values = [
      floats(ROWS * COLS, 1).at,
      floats(COLS, 2).at,
      floats(COLS, 3).at,
      out.at,
      stats.at,
      ROWS,
      COLS,
    ];
    return { values, results: [out, stats] };
  },
  rope: () => {
    const x = floats(ROWS * 3 * WIDTH, 1);
    const table = floats(11 * (WIDTH / HEADS), 2);
    return { values: [x.at, x.at, indices(ROWS, 11).at, table.at, ROWS, WIDTH, HEADS, -1], results: [x] };
  },
  swiglu: () => {
    const out = bench.fresh(ROWS * COLS);
    return { values: [floats(ROWS * 2 * COLS, 1).at, out.at, ROWS, COLS], results: [out] };
  },
  swigluBackward: () => {
    const dX = bench.fresh(ROWS * 2 * COLS);
    const values = [floats(ROWS * 2 * COLS, 1).at, floats(ROWS * COLS, 2).at, dX.at, ROWS, COLS];
    return { values, results: [dX] };
  },
  gelu: () => {
    const out = bench.fresh(300);
    return { values: [floats(300, 1).at, out.at, 300], results: [out] };
  },
  geluBackward: () => {
    const dX = bench.fresh(300);
    return { values: [floats(300, 1).at, floats(300, 2).at, dX.at, 300], results: [dX] };
  },
  addPosition: () => {
    const out = bench.fresh(ROWS * COLS);
    const values = [
      floats(ROWS * COLS, 1).at,
      floats(4 * COLS, 2).at,
      indices(ROWS, 4).at,
      out.at,
      ROWS,
      COLS,
    ];
    return { values, results: [out] };
  },
  attention: () => {
    // Behind the keys of its segment a row of probabilities is left as it was.
    const [out, probs] = [bench.fresh(PACKED * WIDTH), bench.fresh(HEADS * PACKED * STRIDE, 0)];
    const qkv = floats(PACKED * 3 * WIDTH, 1);
    return { values: [qkv.at, out.at, probs.at, ...segmentValues()], results: [out, probs] };
  },
  attentionBackward: () => {
    const dQkv = bench.fresh(PACKED * 3 * WIDTH);
    const [qkv, probs] = [floats(PACKED * 3 * WIDTH, 1), floats(HEADS * PACKED * STRIDE, 2)];
    const dOut = floats(PACKED * WIDTH, 3);
    return { values: [qkv.at, probs.at, dOut.at, dQkv.at, ...segmentValues()], results: [dQkv] };
  },
  decodeAttention: () => {
    const [out, cache] = [bench.fresh(BATCH * WIDTH), floats(40 * 2 * WIDTH, 4)];
    const segments = Array.from({ length: BATCH }, (_, r) => ({
      context: r < 3 ? 0 : 6,
      contextRows: r < 3 ? 6 : 4,
      start: 10 + r * 6,
      own: r,
      image: 0,
    }));
    const words = bench.ints(segmentWords(segments)).at;
    const x = floats(BATCH * 3 * WIDTH, 1).at;
    const values = [x, out.at, cache.at, words, BATCH, HEADS, WIDTH, bench.scratch(4 * SCRATCH)];
    return { values, results: [out, cache] };
  },
};

/** Runs a call in parts, the last one first, and reads what it wrote. */
function divided(number: number, make: Case, parts: number): Float32Array[] {
  const { values, results } = make();
  const whole = new Int32Array(MAX_ARGUMENTS);
  whole.set(values);
  const sharing = new Sharing(bench.kernels, parts, SCRATCH * 4);
  for (let part = parts - 1; part >= 0; part--) sharing.run(number, whole, part);
  return results.map((result) => result.read());
}

describe('parts', () => {
  test.each(DIVISIONS.map(({ kernel }, number) => [kernel, number] as const).slice(2))(
    '%s',
    (kernel, number) => {
      const whole = divided(number, CASES[kernel], 1);
      for (const result of whole)
        expect(result.every((value) => Number.isFinite(value) && value !== 777)).toBe(true);
      for (const parts of [2, 3, 4, 8]) expect(divided(number, CASES[kernel], parts)).toEqual(whole);
    },
  );

  test.each([
    [1, 1, 5],
    [7, 23, 300],
    [13, 17, 19],
    [40, 64, 9],
  ])('gemm of %i x %i, depth %i, by rows and by columns', (m, n, k) => {
    for (const transposed of [false, true]) {
      const make = gemmCase(m, n, k, transposed);
      const whole = divided(0, make, 1);
      for (const parts of [2, 3, 4, 8]) {
        for (const number of [0, 1]) expect(divided(number, make, parts)).toEqual(whole);
      }
    }
  });

  test('few rows and many columns are divided by columns', () => {
    expect([gemmByRows(1536, 192), gemmByRows(64, 192), gemmByRows(64, 1)]).toEqual([true, false, true]);
  });
});

/** What some steps of every kind leave, as bits. */
async function trace(model: EngineModel): Promise<ArrayLike<number>[]> {
  const batch = testBatch(model.spec, 6, 21);
  const { rows, targets } = predictedRows(batch);
  const weights = testWeights(rows.length);
  const seen: ArrayLike<number>[] = [];
  for (let i = 0; i < 4; i++) {
    await model.updateTokens(batch, rows, targets, 0.9, () => weights, STEP);
    await model.updateClasses(batch, rows, (logits) => logits.map(Math.sin), i === 3 ? NO_STEP : STEP);
  }
  seen.push(await model.getParameters(), await model.getGradients(), await model.imageAttention(batch, rows));
  const { logp, entropy } = await model.tokenOutputs(batch, rows, targets, 1);
  const { tokens, logProbs } = await model.generate({
    ...REQUEST,
    prompts: batch,
    groupSize: 5,
    maxNewTokens: 12,
  });
  seen.push(logp, entropy, ...tokens, ...logProbs);
  return seen;
}

test.each(BACKBONE_NAMES)('%s: two and three threads compute the bits of one', async (backbone) => {
  const spec = testSpec(backbone, 'small');
  const one = await createCore({ threads: 1, simd: SIMD });
  const expected = await trace(new WasmModel(one.shared, spec, 3));
  for (const threads of [2, 3]) {
    const core = await createCore({ threads, simd: SIMD });
    expect(core.threads).toBe(threads);
    expect(await trace(new WasmModel(core.shared, spec, 3))).toEqual(expected);
    core.dispose();
  }
});

test('the engine says how many threads there are; one that cannot start leaves one', async () => {
  const engine = await createWasmEngine({ threads: 2, simd: SIMD });
  expect([engine.simd, engine.threads]).toEqual([SIMD, 2]);
  engine.dispose();
  const Broken = vi.fn(() => {
    throw new Error('no workers here');
  });
  vi.stubGlobal('Worker', Broken);
  expect((await createWasmEngine({ threads: 2 })).threads).toBe(1);
  expect(Broken).toHaveBeenCalled();
  expect((await createWasmEngine()).threads).toBe(1);
});
