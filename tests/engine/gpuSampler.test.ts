// The GPU sampler and its random numbers: those of the CPU, token by token, and in distribution.

import { describe, expect, test } from 'vitest';
import type { KernelSource } from '../../src/engine/wgsl/kernel.ts';
import { PHILOX } from '../../src/engine/wgsl/kernels/philox.ts';
import { sampleTokens } from '../../src/engine/wgsl/kernels/sampler.ts';
import { hashName, philox4x32, RandomStream, toUnitFloat } from '../../src/random/philox.ts';
import { randoms } from './bench.ts';
import { closeDawnAfterAll, GpuBench, ROWS } from './gpuBench.ts';
import { sampleToken, sampleUniform } from './sortedSample.ts';

closeDawnAfterAll();

const PHILOX_KERNEL: KernelSource = {
  key: 'philox',
  fields: ['seeds', 'out', 'floats', 'count'],
  buffers: { inputs: 'u32', state: 'u32', arena: 'f32' },
  workgroupSize: 64,
  body: `${PHILOX}
fn run(group: u32, lane: u32) {
  let i = group * 64u + lane;
  if (i >= op.count) { return; }
  let s = op.seeds + i * 6u;
  let words = philox(
    vec4<u32>(inputs[s], inputs[s + 1u], inputs[s + 2u], inputs[s + 3u]), vec2<u32>(inputs[s + 4u], inputs[s + 5u]));
  for (var k = 0u; k < 4u; k++) { state[op.out + i * 4u + k] = words[k]; }
  arena[op.floats + i] = toUnitFloat(words.x);
}
`,
};

test('philox gives the words and floats of the CPU for thousands of counters and keys', async () => {
  const count = 5000;
  const stream = new RandomStream(17, 'philox-test');
  const seeds = Uint32Array.from({ length: count * 6 }, () => stream.nextWord());
  seeds.fill(0, 0, 6);
  seeds.fill(0xffffffff, 6, 12);
  const bench = new GpuBench();
  const [input, out] = [bench.ints('inputs', seeds), bench.ints('state', new Uint32Array(count * 4))];
  const floats = bench.fresh('arena', count);
  const words = { seeds: input.at, out: out.at, floats: floats.at, count };
  const { read, readInts } = await bench.run([
    { kernel: PHILOX_KERNEL, words, groups: Math.ceil(count / 64) },
  ]);
  const expected = new Uint32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const s = seeds.subarray(i * 6, i * 6 + 6);
    philox4x32(s, s[4], s[5], expected.subarray(i * 4));
  }
  expect(readInts(out)).toEqual(expected);
  expect(Array.from(read(floats))).toEqual(
    Array.from({ length: count }, (_, i) => toUnitFloat(expected[i * 4])),
  );
});

type Options = { temperature: number; topK: number; topP: number };

/** Rows of one sampler step; slot r belongs to row r unless told otherwise. */
type Setting = {
  vocabulary: number;
  logits: ArrayLike<number>;
  rows: number;
  slots?: readonly number[];
  counts?: readonly number[];
  done?: readonly number[];
  options: Options;
  group?: number;
  eos?: number;
  maxNewTokens?: number;
  slotCount?: number;
};
const SEED = 0x9234abcd;
const ROLLOUT = 41;
const UNTOUCHED = 777777;

async function sample(setting: Setting) {
  const { vocabulary, logits, rows, options, group = 1, eos = 0xffff, maxNewTokens = 3 } = setting;
  const slotCount = setting.slotCount ?? rows;
  const bench = new GpuBench();
  const filled = (length: number) => bench.ints('state', new Uint32Array(length).fill(UNTOUCHED));
  const regions = {
    slots: bench.ints('inputs', setting.slots ?? Array.from({ length: rows }, (_, r) => r)),
    streamKeys: bench.ints(
      'inputs',
      Array.from({ length: maxNewTokens }, (_, k) => hashName(`sample-${k}`)),
    ),
    counts: bench.ints('state', setting.counts ?? new Uint32Array(slotCount)),
    done: bench.ints('state', setting.done ?? new Uint32Array(slotCount)),
    current: filled(slotCount),
    tokens: filled(slotCount * maxNewTokens),
    logProbs: filled(slotCount * maxNewTokens),
    logits: bench.floats('arena', logits),
  };
  const at = (name: keyof typeof regions) => regions[name].at;
  const use = sampleTokens(
    {
      vocabulary,
      truncated: options.topP < 1 || (options.topK > 0 && options.topK < vocabulary),
    },
    {
      slots: at('slots'),
      streamKeys: at('streamKeys'),
      counts: at('counts'),
      done: at('done'),
      current: at('current'),
      tokens: at('tokens'),
      logProbs: at('logProbs'),
      logits: at('logits'),
      ofPrompt: group > 1 ? 1 : 0,
      rows: ROWS,
    },
  );
  const greedy = options.temperature <= 0;
  const { readInts } = await bench.run([{ ...use, groups: Math.ceil(rows / 32) + 1 }], {
    rows,
    groupSize: group,
    seed: SEED,
    rollout: ROLLOUT,
    topK: options.topK,
    topP: options.topP,
    eos,
    maxNewTokens,
    greedy: greedy ? 1 : 0,
    inverseTemperature: greedy ? Number.MAX_VALUE : 1 / options.temperature,
  });
  return {
    counts: readInts(regions.counts),
    done: readInts(regions.done),
    current: readInts(regions.current),
    tokens: readInts(regions.tokens),
    logProbs: new Float32Array(readInts(regions.logProbs).buffer),
  };
}

/** Distance of a uniform number from the nearest boundary between tokens under the truncated distribution. */
function boundaryDistance(logits: Float32Array, options: Options, uniform: number): number {
  const draw = (u: number) => sampleToken(logits, 0, logits.length, options, u).token;
  for (const distance of [1e-8, 1e-7, 1e-6]) {
    if (draw(Math.max(0, uniform - distance)) !== draw(Math.min(1 - 1e-12, uniform + distance))) {
      return distance;
    }
  }
  return 1;
}

const OPTIONS: readonly Options[] = [
  { temperature: 1, topK: 0, topP: 1 },
  { temperature: 0.6, topK: 0, topP: 1 },
  { temperature: 1.7, topK: 0, topP: 1 },
  { temperature: 0, topK: 0, topP: 1 },
  { temperature: 0, topK: 3, topP: 0.5 },
  { temperature: 1, topK: 5, topP: 1 },
  { temperature: 0.8, topK: 0, topP: 0.7 },
  { temperature: 1.3, topK: 12, topP: 0.9 },
  { temperature: 1, topK: 1, topP: 1 },
];

describe.each([23, 300])('tokens and log-probs of the CPU, vocabulary %i', (vocabulary) => {
  test.each(OPTIONS)('%o', async (options) => {
    const rows = 203;
    const logits = randoms(rows * vocabulary, 40, 3);
    logits.fill(logits[7], vocabulary, 2 * vocabulary); // all the same: ties by index
    logits.fill(-2000, 2 * vocabulary, 3 * vocabulary - 1); // one sure token
    // Many rows of ties: what is cut among equals lies between kept ones.
    for (let i = 3 * vocabulary; i < 43 * vocabulary; i++) logits[i] = (i % vocabulary) % 3;
    const got = await sample({ vocabulary, logits, rows, options });
    let apart = 0;
    for (let r = 0; r < rows; r++) {
      const row = logits.subarray(r * vocabulary, (r + 1) * vocabulary);
      const uniform = sampleUniform(SEED, ROLLOUT, r, 0);
      const expected = sampleToken(row, 0, vocabulary, options, uniform);
      if (got.tokens[r * 3] !== expected.token) {
        apart++;
        expect(boundaryDistance(row, options, uniform), `row ${r}`).toBeLessThan(1);
        continue;
      }
      const size = Math.max(1, Math.abs(expected.logp));
      expect(Math.abs(got.logProbs[r * 3] - expected.logp) / size, `row ${r}`).toBeLessThan(2e-6);
    }
    expect(apart).toBeLessThan(2);
    expect(got.current).toEqual(Uint32Array.from({ length: rows }, (_, r) => got.tokens[r * 3]));
    expect(got.counts).toEqual(new Uint32Array(rows).fill(1));
    expect(got.done).toEqual(new Uint32Array(rows));
  });
});

test('slots in any order, done ones untouched, ends at eos and at the last token, groups share logits', async () => {
  const vocabulary = 23;
  const [slots, counts, done] = [
    [4, 2, 0, 5],
    [0, 1, 0, 7, 1, 2],
    [0, 0, 1, 1, 0, 0],
  ];
  const logits = randoms(2 * vocabulary, 41, 2);
  const options = OPTIONS[0];
  const expected = (row: number, slot: number) =>
    sampleToken(
      logits,
      Math.floor(row / 2) * vocabulary,
      vocabulary,
      options,
      sampleUniform(SEED, ROLLOUT, slot, counts[slot]),
    );
  const eos = expected(0, 4).token;
  const setting = { vocabulary, logits, rows: 4, slots, counts, done, options, group: 2, eos, slotCount: 6 };
  const got = await sample(setting);
  const tokens = new Uint32Array(18).fill(UNTOUCHED);
  const ends = Uint32Array.from(done);
  const current = new Uint32Array(6).fill(UNTOUCHED);
  slots.forEach((slot, row) => {
    if (done[slot] === 1) return;
    const { token, logp } = expected(row, slot);
    tokens[slot * 3 + counts[slot]] = token;
    current[slot] = token;
    ends[slot] = token === eos || counts[slot] === 2 ? 1 : 0;
    expect(got.logProbs[slot * 3 + counts[slot]]).toBeCloseTo(logp, 5);
  });
  expect(got.tokens).toEqual(tokens);
  expect(got.current).toEqual(current);
  expect(got.done).toEqual(ends);
  expect([got.done[4], got.done[5], got.done[0]]).toEqual([1, 1, 0]);
  expect(Array.from(got.counts)).toEqual([1, 1, 0, 7, 2, 3]);
});

describe('chi-square of thousands of draws', () => {
  const LOGITS = Float32Array.of(0.5, -1, 2, 0, 1.5, -3, 0.7, 2.2, -0.4, 1);
  /** 99.9 % quantile by degrees of freedom. */
  const CHI_SQUARE_999: Record<number, number> = { 3: 16.3, 4: 18.5, 9: 27.9 };
  test.each([
    [{ temperature: 1, topK: 0, topP: 1 }, 10],
    [{ temperature: 0.6, topK: 0, topP: 1 }, 10],
    [{ temperature: 2, topK: 0, topP: 1 }, 10],
    [{ temperature: 1, topK: 4, topP: 1 }, 4],
    [{ temperature: 1, topK: 0, topP: 0.8 }, 4],
  ])('%o keeps %i tokens', async (options, kept) => {
    const rows = 8000;
    const got = await sample({ vocabulary: 10, logits: LOGITS, rows, options, group: rows });
    const counts = new Float64Array(10);
    for (let r = 0; r < rows; r++) counts[got.tokens[r * 3]]++;
    const order = Array.from(LOGITS.keys()).sort((a, b) => LOGITS[b] - LOGITS[a]);
    const raised = order.map((j, i) => (i < kept ? Math.exp(LOGITS[j] / options.temperature) : 0));
    const total = raised.reduce((sum, value) => sum + value, 0);
    let statistic = 0;
    order.forEach((j, i) => {
      const mean = (rows * raised[i]) / total;
      if (mean === 0) expect(counts[j]).toBe(0);
      else statistic += (counts[j] - mean) ** 2 / mean;
    });
    expect(statistic).toBeLessThan(CHI_SQUARE_999[kept - 1]);
  });
});
