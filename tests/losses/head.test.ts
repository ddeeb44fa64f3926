// The reference head, entropy bonus, value loss and KL estimators against finite differences and definitions.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanEntropy } from '../../src/losses/entropy.ts';
import { gradLogits, logProbsOfTokens, logSoftmaxRows } from '../../src/losses/logSoftmax.ts';
import { exactKl, klEstimators } from '../../src/losses/metrics.ts';
import { k3, k3Gradient } from '../../src/losses/referenceKl.ts';
import { explainedVariance, valueLoss } from '../../src/losses/valueLoss.ts';
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

describe('log-softmax', () => {
  it('has the gradient of its weighted log-probs and entropies', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 7 }), (seed, vocab) => {
        const rows = 3;
        const logits = randomArray(seed, rows * vocab, 4);
        const tokens = [0, vocab - 1, 1];
        const tokenWeights = Float64Array.of(0.7, -1.3, 0);
        const entropyWeights = Float64Array.of(0, 0.4, -0.9);
        const objective = (x: Float64Array) => {
          const { logp, entropy } = logProbsOfTokens(x, tokens, rows, vocab);
          return logp.reduce(
            (total, value, r) => total + tokenWeights[r] * value + entropyWeights[r] * entropy[r],
            0,
          );
        };
        const grad = gradLogits(logits, tokens, tokenWeights, entropyWeights, rows, vocab);
        expect(maxDifference(grad, numericGradient(logits, objective))).toBeLessThan(1e-7);
      }),
    );
  });

  it('bears huge and forbidden logits', () => {
    const logits = Float64Array.of(1e4, Number.NEGATIVE_INFINITY, 1e4);
    const { logp, entropy } = logProbsOfTokens(logits, [0], 1, 3);
    expect(logp[0]).toBeCloseTo(-Math.LN2, 12);
    expect(entropy[0]).toBeCloseTo(Math.LN2, 12);
    const grad = gradLogits(logits, [0], Float64Array.of(1), Float64Array.of(1), 1, 3);
    expect([...grad]).toEqual([0.5, 0, -0.5].map((value) => expect.closeTo(value, 9)));
  });
});

describe('the entropy bonus', () => {
  it('has the gradient of the mean entropy over valid tokens', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const logits = randomArray(seed, 12, 3);
        const mask = [1, 0, 1];
        const bonus = meanEntropy(logits, mask, 4);
        const numeric = numericGradient(logits, (x) => meanEntropy(x, mask, 4).meanEntropy);
        expect(maxDifference(bonus.gradLogits, numeric)).toBeLessThan(1e-7);
        expect([...bonus.gradLogits.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
      }),
    );
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

  it('explains all variance with the returns themselves, and none where there is none', () => {
    const returns = Float64Array.of(1, 2, 4);
    expect(explainedVariance(returns, returns, [1, 1, 1])).toBe(1);
    expect(explainedVariance(returns, Float64Array.of(1, 1, 1), [1, 1, 1])).toBe(0);
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

  it('k1 and k3 have the exact KL as their mean over the policy', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const p = logSoftmaxRows(randomArray(seed, 6, 2), 1, 6);
        const q = logSoftmaxRows(randomArray(seed + 1, 6, 2), 1, 6);
        const estimates = Array.from(p, (logp, v) => klEstimators(logp, q[v]));
        const meanOf = (key: 'k1' | 'k3') =>
          estimates.reduce((sum, e, v) => sum + Math.exp(p[v]) * e[key], 0);
        expect(meanOf('k1')).toBeCloseTo(exactKl(p, q), 12);
        expect(meanOf('k3')).toBeCloseTo(exactKl(p, q), 12);
      }),
    );
  });
});
