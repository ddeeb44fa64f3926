// Attention and head kernels against float64: masks, prefixes, hidden pictures, cached decoding, extreme logits.

import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, randoms, Workbench } from './bench.ts';
import { type AttentionShape, attention, dot, head, numericGradient, sees } from './float64.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.create();
});

/** Batch, time, prefix, heads, width, causal, first visible key of each item. */
const CASES: readonly [AttentionShape, number[]][] = [
  [{ batch: 1, time: 1, prefix: 0, heads: 1, width: 4, causal: true }, [0]],
  [{ batch: 2, time: 7, prefix: 0, heads: 2, width: 8, causal: true }, [0, 0]],
  [{ batch: 3, time: 9, prefix: 4, heads: 2, width: 8, causal: true }, [0, 4, 0]],
  [{ batch: 2, time: 5, prefix: 3, heads: 3, width: 12, causal: true }, [3, 3]],
  [{ batch: 2, time: 6, prefix: 6, heads: 1, width: 4, causal: false }, [0, 0]],
  // Several blocks of rows, a prefix that ends inside one, a hidden picture.
  [{ batch: 2, time: 37, prefix: 20, heads: 1, width: 4, causal: true }, [0, 20]],
  [{ batch: 1, time: 50, prefix: 0, heads: 1, width: 4, causal: true }, [0]],
  [{ batch: 1, time: 35, prefix: 35, heads: 1, width: 4, causal: false }, [0]],
];

describe.each(CASES)('attention %o, keys from %o', (shape, keyStart) => {
  const { batch, time, prefix, heads, width, causal } = shape;
  const qkv = randoms(batch * time * 3 * width, 70);
  const gradient = randoms(batch * time * width, 71);

  test('forward, probabilities, backward', () => {
    const [x, out] = [bench.floats(qkv), bench.fresh(batch * time * width)];
    const probs = bench.fresh(batch * heads * time * time);
    const scratch = bench.scratch();
    const starts = bench.ints(keyStart).at;
    bench.kernels.attention(
      x.at,
      out.at,
      probs.at,
      starts,
      batch,
      time,
      prefix,
      heads,
      width,
      causal ? 1 : 0,
      scratch,
    );
    expectClose(out.read(), attention(qkv, keyStart, shape));
    probs.read().forEach((probability, index) => {
      const [b, i, j] = [
        Math.floor(index / (heads * time * time)),
        Math.floor(index / time) % time,
        index % time,
      ];
      expect(probability > 0).toBe(sees(i, j, keyStart[b], shape));
    });
    const dX = bench.fresh(qkv.length);
    bench.kernels.attentionBackward(
      x.at,
      probs.at,
      bench.floats(gradient).at,
      dX.at,
      batch,
      time,
      causal ? prefix : time,
      heads,
      width,
      scratch,
    );
    expectClose(
      dX.read(),
      numericGradient((values) => dot(attention(values, keyStart, shape), gradient), qkv),
      5e-6,
    );
  });

  test('mass on the prefix', () => {
    const probs = randoms(batch * heads * time * time, 72).map(Math.abs);
    const mass = bench.fresh(batch * time, 0);
    bench.kernels.prefixMass(bench.floats(probs).at, mass.at, batch, time, prefix, heads, 0.5);
    const expected = Float64Array.from({ length: batch * time }, (_, row) => {
      let sum = 0;
      for (let h = 0; h < heads; h++) {
        const start = ((Math.floor(row / time) * heads + h) * time + (row % time)) * time;
        for (let j = 0; j < prefix; j++) sum += 0.5 * probs[start + j];
      }
      return sum;
    });
    expectClose(mass.read(), expected);
  });
});

test('cached decoding gives the last row of full attention, for slots in any order', () => {
  const [time, prefix, heads, width, capacity] = [6, 2, 2, 8, 9];
  // Two prompts of five cached rows; prompt 0 fills slots 0 and 1, prompt 1 slot 2; prompt 1 has no picture.
  const cached = randoms(2 * (time - 1) * 3 * width, 80);
  const fresh = randoms(3 * 3 * width, 81);
  const cache = bench.fresh(3 * capacity * 2 * width);
  bench.kernels.fillCache(
    bench.floats(cached).at,
    cache.at,
    bench.ints([0, 2]).at,
    bench.ints([2, 1]).at,
    2,
    time - 1,
    width,
    capacity,
  );
  const slots = Int32Array.of(2, 0, 1);
  const starts = Int32Array.of(prefix, 0, 0);
  const out = bench.fresh(3 * width);
  const positions = bench.ints([time - 1, time - 1, time - 1]).at;
  bench.kernels.decodeAttention(
    bench.floats(fresh).at,
    out.at,
    cache.at,
    bench.ints(slots).at,
    positions,
    bench.ints(starts).at,
    3,
    heads,
    width,
    capacity,
    bench.scratch(),
  );
  slots.forEach((slot, row) => {
    const prompt = slot === 2 ? 1 : 0;
    const rowLength = (time - 1) * 3 * width;
    const whole = Float32Array.of(
      ...cached.subarray(prompt * rowLength, (prompt + 1) * rowLength),
      ...fresh.subarray(row * 3 * width, (row + 1) * 3 * width),
    );
    const shape = { batch: 1, time, prefix, heads, width, causal: true };
    const expected = attention(whole, [starts[row]], shape).slice((time - 1) * width);
    expectClose(out.read().slice(row * width, (row + 1) * width), expected);
  });
});

describe('head', () => {
  const run = (logits: Float32Array, targets: Int32Array, vocabulary: number, beta: number) => {
    const rows = targets.length;
    const [z, index] = [bench.floats(logits), bench.ints(targets)];
    const [logp, entropy, lse] = [bench.fresh(rows), bench.fresh(rows), bench.fresh(rows)];
    bench.kernels.headForward(z.at, index.at, rows, vocabulary, beta, logp.at, entropy.at, lse.at);
    const backward = (w: ArrayLike<number>, e: ArrayLike<number>) => {
      const out = bench.fresh(logits.length);
      bench.kernels.headBackward(
        z.at,
        index.at,
        lse.at,
        entropy.at,
        bench.floats(w).at,
        bench.floats(e).at,
        rows,
        vocabulary,
        beta,
        out.at,
      );
      return out.read();
    };
    return { logp: logp.read(), entropy: entropy.read(), backward };
  };

  test.each([
    [1, 2, 1],
    [5, 23, 1],
    [4, 211, 0.5],
    [3, 11, 2],
  ])('%i rows, vocabulary %i, inverse temperature %f', (rows, vocabulary, beta) => {
    const logits = randoms(rows * vocabulary, 90, 2);
    const targets = Int32Array.from({ length: rows }, (_, r) => (r * 5) % vocabulary);
    const result = run(logits, targets, vocabulary, beta);
    const expected = head(logits, targets, vocabulary, beta);
    expectClose(result.logp, expected.logp);
    expectClose(result.entropy, expected.entropy);
    const [w, e] = [randoms(rows, 91), randoms(rows, 92)];
    const loss = (values: Float64Array) => {
      const { logp, entropy } = head(values, targets, vocabulary, beta);
      return dot(logp, w) + dot(entropy, e);
    };
    expectClose(result.backward(w, e), numericGradient(loss, logits), 5e-6);
  });

  test('logits of any size: no overflow, no NaN', () => {
    const rows: [number[], number][] = [
      [[1e4, 0, -1e4, 5], 0],
      [[1e4, 0, -1e4, 5], 2],
      [[-1e30, -1e30, -1e30, -1e30], 1],
      [[1e30, 0, 0, 0], 0],
      [[88, 89, 90, 91], 3],
      [[-104, -104, 0, -104], 2],
    ];
    const logits = Float32Array.from(rows.flatMap(([values]) => values));
    const targets = Int32Array.from(rows, ([, target]) => target);
    const result = run(logits, targets, 4, 1);
    const expected = head(logits, targets, 4, 1);
    result.logp.forEach((value, r) => {
      expect(Math.abs(value - expected.logp[r])).toBeLessThanOrEqual(
        1e-5 * Math.max(1, Math.abs(expected.logp[r])),
      );
    });
    expectClose(result.entropy, expected.entropy, 1e-5);
    const gradient = result.backward(new Float32Array(6).fill(1), new Float32Array(6).fill(1));
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
