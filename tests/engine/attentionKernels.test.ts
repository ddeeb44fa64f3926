// Attention and head kernels against float64: segments with pictures and shared prefixes, cached decoding, extreme logits.

import { beforeAll, describe, expect, test } from 'vitest';
import { TokenSampler } from '../../src/engine/sampler.ts';
import { expectClose, randoms, Workbench } from './bench.ts';
import { dot, head, numericGradient, segmentAttention, segmentWeights, segmentWords } from './float64.ts';
import { SEGMENT_CASES, segmentsOf } from './segmentCases.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.create();
});

describe.each(SEGMENT_CASES)('attention, %i heads of width %i, segments %j', (heads, width, rowsOf) => {
  const segments = segmentsOf(rowsOf);
  const rows = rowsOf.reduce((sum, [own]) => sum + own, 0);
  const stride = Math.ceil(Math.max(...segments.map((s) => s.contextRows + s.own)) / 4) * 4;
  const size = width / heads;
  const qkv = randoms(rows * 3 * width, 70);
  const gradient = randoms(rows * width, 71);

  test('forward, probabilities, backward', () => {
    const [x, out, dX] = [bench.floats(qkv), bench.fresh(rows * width), bench.fresh(qkv.length)];
    const probs = bench.fresh(heads * rows * stride);
    const words = bench.ints(segmentWords(segments)).at;
    const sizes = [words, segments.length, rows, heads, size, width, stride, bench.scratch()] as const;
    bench.kernels.attention(x.at, out.at, probs.at, ...sizes);
    expectClose(out.read(), segmentAttention(qkv, segments, heads, width));
    const kept = probs.read();
    for (const segment of segments) {
      for (let i = 0; i < segment.own; i++) {
        for (let h = 0; h < heads; h++) {
          const at = (h * rows + segment.start + i) * stride;
          const weights = segmentWeights(qkv, segment, i, { h, heads, width });
          const keys = segment.contextRows + segment.own;
          expectClose(kept.subarray(at, at + weights.length), weights);
          expect(kept.subarray(at + weights.length, at + keys).every((p) => p === 0)).toBe(true);
        }
      }
    }
    bench.kernels.attentionBackward(x.at, probs.at, bench.floats(gradient).at, dX.at, ...sizes);
    expectClose(
      dX.read(),
      numericGradient((values) => dot(segmentAttention(values, segments, heads, width), gradient), qkv),
      5e-6,
    );
  });

  test('mass on the picture', () => {
    const probs = randoms(heads * rows * stride, 72).map(Math.abs);
    const mass = bench.fresh(rows, 0);
    const words = bench.ints(segmentWords(segments)).at;
    const sizes = [words, segments.length, rows, heads, stride] as const;
    bench.kernels.prefixMass(bench.floats(probs).at, mass.at, ...sizes, 0.5);
    const expected = new Float64Array(rows);
    for (const { start, own, image } of segments) {
      for (let row = start; row < start + own; row++) {
        for (let h = 0; h < heads; h++) {
          for (let j = 0; j < image; j++) expected[row] += 0.5 * probs[(h * rows + row) * stride + j];
        }
      }
    }
    expectClose(mass.read(), expected);
  });
});

test.each([
  [2, 8],
  [2, 32],
])('cached decoding gives the last row of full attention, %i heads of width %i', (heads, width) => {
  const prompts = segmentsOf([
    [5, 2],
    [3, 0],
  ]);
  // Samples 0 and 1 of the first prompt, 2 of the second; they have sampled 2, 0 and 1 tokens before this one.
  const [of, before, most] = [[0, 0, 1], [2, 0, 1], 3];
  const line = 3 * width;
  const [read, sampled, fresh] = [randoms(8 * line, 80), randoms(3 * most * line, 82), randoms(3 * line, 81)];
  const cache = bench.fresh((8 + 3 * most) * 2 * width);
  bench.kernels.fillCache(bench.floats(read).at, cache.at, 8, width);
  bench.kernels.fillCache(bench.floats(sampled).at, cache.at + 8 * 2 * width * 4, 3 * most, width);
  // Rows in another order than samples.
  const order = [2, 0, 1];
  const segments = order.map((sample) => {
    const { start, own } = prompts[of[sample]];
    return { context: start, contextRows: own, start: 8 + sample * most, own: before[sample], image: 0 };
  });
  const out = bench.fresh(3 * width);
  const x = bench.floats(
    Float32Array.from(order.flatMap((s) => [...fresh.subarray(s * line, (s + 1) * line)])),
  );
  const words = bench.ints(segmentWords(segments)).at;
  bench.kernels.decodeAttention(x.at, out.at, cache.at, words, 3, heads, width, bench.scratch());
  order.forEach((sample, row) => {
    const { start, own, image } = prompts[of[sample]];
    const whole = Float32Array.of(
      ...read.subarray(start * line, (start + own) * line),
      ...sampled.subarray(sample * most * line, (sample * most + before[sample]) * line),
      ...fresh.subarray(sample * line, (sample + 1) * line),
    );
    const rows = own + before[sample] + 1;
    const segment = { context: 0, contextRows: 0, start: 0, own: rows, image };
    const expected = segmentAttention(whole, [segment], heads, width).slice((rows - 1) * width);
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

  test.each([1, 0.7, 2, 0])('tokens drawn at inverse temperature %f', (beta) => {
    const [rows, vocabulary] = [40, 27];
    const logits = randoms(rows * vocabulary, 93, 2);
    const uniforms = Float32Array.from({ length: rows }, (_, r) => (r * 0.6180339887) % 1);
    const [z, u, options] = [bench.floats(logits).at, bench.floats(uniforms).at, bench.floats([beta]).at];
    const [tokens, logp] = [bench.fresh(rows), bench.fresh(rows)];
    bench.kernels.sampleRows(z, u, options, rows, vocabulary, tokens.at, logp.at, bench.scratch());
    const drawn = tokens.readInts();
    expectClose(logp.read(), head(logits, drawn, vocabulary, beta || 1).logp);
    const sampler = new TokenSampler(vocabulary);
    const temperature = beta === 0 ? 0 : 1 / beta;
    uniforms.forEach((uniform, r) => {
      const options = { temperature, topK: 0, topP: 1 };
      expect(drawn[r]).toBe(sampler.draw(logits, r * vocabulary, options, uniform));
    });
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
