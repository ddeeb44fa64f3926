// The language-model head on the GPU against float64: sure rows, large logits, ties, temperatures, gradients.

import { describe, expect, test } from 'vitest';
import { headBackward, headForward } from '../../src/engine/wgsl/kernels/head.ts';
import { RandomStream } from '../../src/random/philox.ts';
import { expectClose, randoms } from './bench.ts';
import { head, numericGradient } from './float64.ts';
import { closeDawnAfterAll, GpuBench, groupsOf, ROWS } from './gpuBench.ts';

closeDawnAfterAll();

const CASES = [
  [1, 4, 1],
  [5, 23, 0.8],
  [33, 300, 1],
  [65, 23, 2],
  [7, 1, 1],
] as const;

function targetsOf(rows: number, vocabulary: number): Uint32Array {
  const stream = new RandomStream(3, 'targets');
  return Uint32Array.from({ length: rows }, () => stream.int(vocabulary));
}

async function forward(
  logits: Float32Array,
  targets: Uint32Array,
  vocabulary: number,
  beta: number,
  variant: 'thread' | 'workgroup' = 'thread',
) {
  const rows = targets.length;
  const bench = new GpuBench();
  const words = {
    logits: bench.floats('arena', logits).at,
    targets: bench.ints('inputs', targets).at,
    rows: ROWS,
  };
  const [logp, entropy, lse] = [0, 1, 2].map(() => bench.fresh('arena', rows));
  const use = headForward(
    { vocabulary, variant },
    { ...words, logp: logp.at, entropy: entropy.at, lse: lse.at },
  );
  // A workgroup too many, as a large grid has.
  const { read } = await bench.run([{ ...use, groups: groupsOf(use, rows) + 1 }], {
    rows,
    inverseTemperature: beta,
  });
  return { logp: read(logp), entropy: read(entropy), lse: read(lse) };
}

describe.each(['thread', 'workgroup'] as const)('forward, one row per %s', (variant) => {
  test.each(CASES)('%i x %i at inverse temperature %f', async (rows, vocabulary, beta) => {
    const logits = randoms(rows * vocabulary, 90, 3);
    const targets = targetsOf(rows, vocabulary);
    const got = await forward(logits, targets, vocabulary, beta, variant);
    const expected = head(logits, targets, vocabulary, Math.fround(beta));
    expectClose(got.logp, expected.logp);
    expectClose(got.entropy, expected.entropy);
    const lse = expected.logp.map(
      (logp, r) => logits[r * vocabulary + targets[r]] * Math.fround(beta) - logp,
    );
    expectClose(got.lse, lse);
  });

  test('each number to 2e-6 of itself: logits up to 50, sure rows, ties', async () => {
    const [rows, vocabulary] = [40, 23];
    const logits = randoms(rows * vocabulary, 91, 1);
    const targets = targetsOf(rows, vocabulary);
    for (let r = 0; r < rows; r++) {
      // From one row to the next the largest logit grows to 50 above the rest; every other row has it as its target.
      if (r % 2 === 0) targets[r] = (r * 7) % vocabulary;
      logits[r * vocabulary + ((r * 7) % vocabulary)] = (50 * r) / (rows - 1);
    }
    logits.fill(50, 0, 2); // a tie of two
    logits.fill(-40, vocabulary, 2 * vocabulary); // a uniform row
    const got = await forward(logits, targets, vocabulary, 1, variant);
    const expected = head(logits, targets, vocabulary, 1);
    for (let r = 0; r < rows; r++) {
      const row = Array.from(logits.subarray(r * vocabulary, (r + 1) * vocabulary));
      const top = Math.max(...row);
      const first = row.indexOf(top);
      const rest = row.reduce((sum, value, j) => (j === first ? sum : sum + Math.exp(value - top)), 0);
      // The reference loses what is tiny beside 1; log1p does not.
      const logp = logits[r * vocabulary + targets[r]] - top - Math.log1p(rest);
      const mean = row.reduce((sum, value) => sum + Math.exp(value - top) * (value - top), 0) / (1 + rest);
      expect(Math.abs(got.logp[r] / logp - 1)).toBeLessThan(2e-6);
      const entropy = Math.log1p(rest) - mean;
      expect(Math.abs(entropy - expected.entropy[r])).toBeLessThan(1e-12);
      expect(Math.abs(got.entropy[r] / entropy - 1)).toBeLessThan(4e-6);
    }
  });
});

test('logits too far apart for float32 stay finite', async () => {
  const logits = Float32Array.of(0, 1e30, -1e30, 5, 0, -300, 2, -1e4);
  const got = await forward(logits, Uint32Array.of(1, 0), 4, 1);
  expect(got.logp[0]).toBe(0);
  expect(got.entropy[0]).toBe(0);
  expect(got.logp[1]).toBeCloseTo(-2 - Math.log1p(Math.exp(-2)), 6);
});

describe('backward', () => {
  test.each(CASES)('%i x %i at inverse temperature %f', async (rows, vocabulary, factor) => {
    const beta = Math.fround(factor);
    const logits = randoms(rows * vocabulary, 92, 2);
    const targets = targetsOf(rows, vocabulary);
    const [weights, entropyWeights] = [randoms(rows, 93), randoms(rows, 94)];
    const bench = new GpuBench();
    const [logp, entropy, lse] = [0, 1, 2].map(() => bench.fresh('arena', rows));
    const common = {
      logits: bench.floats('arena', logits).at,
      targets: bench.ints('inputs', targets).at,
      entropy: entropy.at,
      lse: lse.at,
      rows: ROWS,
    };
    const dLogits = bench.fresh('arena', rows * vocabulary);
    const backward = headBackward(
      { vocabulary },
      {
        ...common,
        logpWeights: bench.floats('inputs', weights).at,
        entropyWeights: bench.floats('inputs', entropyWeights).at,
        dLogits: dLogits.at,
      },
    );
    const { read } = await bench.run(
      [
        headForward({ vocabulary }, { ...common, logp: logp.at }),
        { ...backward, groups: groupsOf(backward, rows) + 1 },
      ],
      { rows, inverseTemperature: beta },
    );
    const got = read(dLogits);
    // Row by row, for the loss is a sum over rows.
    for (let r = 0; r < rows; r += 7) {
      const from = r * vocabulary;
      const expected = numericGradient(
        (values) => {
          const outputs = head(values, [targets[r]], vocabulary, beta);
          return weights[r] * outputs.logp[0] + entropyWeights[r] * outputs.entropy[0];
        },
        logits.subarray(from, from + vocabulary),
      );
      expectClose(got.subarray(from, from + vocabulary), expected, 5e-6);
    }
  });
});
