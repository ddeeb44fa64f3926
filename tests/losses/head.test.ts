// The reference head, entropy bonus, value loss and KL against finite differences and definitions.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedMean } from '../../src/base/numbers.ts';
import { CPU64_BACKEND } from '../../src/conformance/backend.ts';
import { entropyWeights } from '../../src/losses/aggregate.ts';
import { logSoftmaxRows } from '../../src/losses/logSoftmax.ts';
import { exactKlRows } from '../../src/losses/metrics.ts';
import { k3, k3Gradient } from '../../src/losses/referenceKl.ts';
import { valueLoss } from '../../src/losses/valueLoss.ts';
import { maxDifference, uniforms } from './batches.ts';

const STEP = 1e-6;
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function randomArray(seed: number, length: number, scale: number): Float64Array {
  const random = uniforms(seed);
  return Float64Array.from({ length }, () => scale * (2 * random() - 1));
}

function numericGradient(at: Float64Array, f: (x: Float64Array) => number): Float64Array {
  return at.map((_, i) => {
    const moved = (change: number) => f(at.map((value, j) => (j === i ? value + change : value)));
    return (moved(STEP) - moved(-STEP)) / (2 * STEP);
  });
}

const { logProbs, gradLogits } = CPU64_BACKEND;

describe('the reference head', () => {
  it('has the gradient of its weighted log-probs and entropies', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 2, max: 7 }), async (seed, vocab) => {
        const logits = randomArray(seed, 3 * vocab, 4);
        const tokens = Int32Array.of(0, vocab - 1, 1);
        const tokenWeights = Float64Array.of(0.7, -1.3, 0);
        const ofEntropy = Float64Array.of(0, 0.4, -0.9);
        const objective = (x: Float64Array) => {
          const rows = logSoftmaxRows(x, 3, vocab);
          return [0, 1, 2].reduce((total, r) => {
            const row = rows.subarray(r * vocab, (r + 1) * vocab);
            const entropy = row.reduce((sum, logp) => sum - Math.exp(logp) * logp, 0);
            return total + tokenWeights[r] * row[tokens[r]] + ofEntropy[r] * entropy;
          }, 0);
        };
        const grad = await gradLogits(logits, tokens, tokenWeights, ofEntropy, 3, vocab);
        expect(maxDifference(grad, numericGradient(logits, objective))).toBeLessThan(1e-7);
      }),
    );
  });

  it('bears huge and forbidden logits', async () => {
    const logits = Float64Array.of(1e4, Number.NEGATIVE_INFINITY, 1e4);
    const { logp, entropy } = await logProbs(logits, Int32Array.of(0), 1, 3);
    expect(logp[0]).toBeCloseTo(-Math.LN2, 12);
    expect(entropy[0]).toBeCloseTo(Math.LN2, 12);
    const grad = await gradLogits(logits, Int32Array.of(0), Float64Array.of(1), Float64Array.of(1), 1, 3);
    expect([...grad]).toEqual([0.5, 0, -0.5].map((value) => expect.closeTo(value, 9)));
  });
});

describe('the entropy bonus', () => {
  it('weighs the entropies so that they sum to its coefficient times their mean over valid tokens', () => {
    const weights = entropyWeights([1, 0, 1], -0.3);
    const entropies = [2, 100, 1];
    const total = entropies.reduce((sum, entropy, i) => sum + weights[i] * entropy, 0);
    expect(total).toBeCloseTo(-0.3 * maskedMean(entropies, [1, 0, 1]), 12);
  });
});

describe('the value loss', () => {
  it('has the gradient of its clipped squared error', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const values = randomArray(seed, 8, 1);
        const old = randomArray(seed + 1, 8, 1);
        const returns = randomArray(seed + 2, 8, 2);
        const mask = [1, 1, 1, 0, 1, 1, 0, 0];
        const { gradValues } = valueLoss(values, old, returns, mask, 0.2);
        const numeric = numericGradient(values, (x) => valueLoss(x, old, returns, mask, 0.2).loss);
        expect(maxDifference(gradValues, numeric)).toBeLessThan(1e-7);
      }),
    );
  });
});

describe('KL', () => {
  it('k3 is non-negative, 0 for equal policies, and has its gradient', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 0, noNaN: true }),
        fc.double({ min: -5, max: 0, noNaN: true }),
        (p, q) => {
          expect(k3(p, q)).toBeGreaterThanOrEqual(0);
          expect(k3(p, p)).toBe(0);
          const numeric = (k3(p + STEP, q) - k3(p - STEP, q)) / (2 * STEP);
          expect(Math.abs(k3Gradient(p, q) - numeric)).toBeLessThan(1e-5 * Math.max(1, Math.exp(q - p)));
        },
      ),
    );
  });

  it('k3 has the exact KL as its mean over the policy', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const p = logSoftmaxRows(randomArray(seed, 6, 2), 1, 6);
        const q = logSoftmaxRows(randomArray(seed + 1, 6, 2), 1, 6);
        const expectation = p.reduce((sum, logp, v) => sum + Math.exp(logp) * k3(logp, q[v]), 0);
        expect(expectation).toBeCloseTo(exactKlRows(p, q, 6)[0], 12);
      }),
    );
  });
});
