// The formula that the page shows of a loss, with a token's numbers filled in, is what the loss computes there; and the shares of the tokens are the loss.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softClip } from '../../examples/softClip.ts';
import {
  LOSS_KEYS,
  LOSS_PARTS,
  LOSSES,
  type LossDefinition,
  type LossOptions,
  lossFormulas,
  resolveLossOptions,
  SYMBOLS,
  type SymbolValues,
  symbolValues,
  type TokenLossInput,
} from '../../src/losses/index.ts';
import { maxDifference, randomBatch } from './batches.ts';

const FUNCTIONS = {
  min: Math.min,
  max: Math.max,
  clip: (x: number, low: number, high: number) => Math.min(Math.max(x, low), high),
  exp: Math.exp,
  log: Math.log,
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

function evaluate(formula: string, values: SymbolValues): number {
  const names = [...Object.keys(FUNCTIONS), ...Object.keys(SYMBOLS)];
  const compute = new Function(...names, `return ${formula};`) as (...all: unknown[]) => number;
  return compute(...Object.values(FUNCTIONS), ...Object.values(values));
}

/** Every loss as it is by default, and with everything on that it has a knob for. */
const VARIANTS: [string, LossDefinition, LossOptions][] = [
  ...LOSS_KEYS.flatMap((key): [string, LossDefinition, LossOptions][] => [
    [key, LOSSES[key], LOSSES[key].defaults],
    [
      `${key}, all on`,
      LOSSES[key],
      resolveLossOptions(key, {
        epsilon: 0.2,
        epsilonHigh: 0.3,
        policyDriftCoef: 0.3,
        policyDriftClipEps: 0.4,
        beta: 0.1,
        klBiasCorrection: true,
        delta: 1.5,
        dualClip: 1.4,
        tightToLooseLambda: 0.5,
        cispoBounds: 'band',
      }),
    ],
  ]),
  ['cpgd as in the paper', LOSSES.cpgd, resolveLossOptions('cpgd', { cpgdValue: 'log-ratio', beta: 0.1 })],
  ['cispo with a cap', LOSSES.cispo, resolveLossOptions('cispo', { epsilonHigh: 1.2 })],
  ['grpo without clip', LOSSES.grpo, resolveLossOptions('grpo', { epsilon: Number.POSITIVE_INFINITY })],
  ['the example of a loss of one’s own', softClip, softClip.defaults],
];

const batches = fc
  .record({
    prompts: fc.integer({ min: 1, max: 3 }),
    groupSize: fc.integer({ min: 2, max: 4 }),
    time: fc.integer({ min: 1, max: 6 }),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    drift: fc.constantFrom(0, 0.3, 1.5),
  })
  .map(randomBatch);

const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);

function everyToken(input: TokenLossInput, check: (i: number) => void): void {
  for (let i = 0; i < input.logp.length; i += 1) if (input.mask[i] !== 0) check(i);
}

describe.each(VARIANTS)('the breakdown of %s', (_, loss, options) => {
  it('adds up to loss and gradient', () => {
    fc.assert(
      fc.property(batches, (input) => {
        const { loss: value, gradLogp, breakdown } = loss.compute(input, options);
        expect(LOSS_PARTS.reduce((sum, part) => sum + total(breakdown[part].loss), 0)).toBeCloseTo(value, 9);
        const sums = gradLogp.map((__, i) =>
          LOSS_PARTS.reduce((sum, part) => sum + breakdown[part].gradLogp[i], 0),
        );
        expect(maxDifference(sums, gradLogp)).toBeLessThan(1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it('is the formula with the token’s numbers', () => {
    fc.assert(
      fc.property(batches, (input) => {
        const { breakdown } = loss.compute(input, options);
        const { objective, drift, kl } = lossFormulas(loss, options);
        everyToken(input, (i) => {
          const weight = breakdown.weights[i];
          const values = symbolValues(input, options, breakdown, i);
          // A response outside of DPO's pair has no part in the loss.
          if (loss !== LOSSES.dpo || breakdown.values[i] !== 0) {
            expect(evaluate(objective, values)).toBeCloseTo(breakdown.values[i], 9);
          }
          expect(breakdown.objective.loss[i]).toBeCloseTo(weight * breakdown.values[i], 9);
          expect(breakdown.drift.loss[i]).toBeCloseTo(drift ? weight * evaluate(drift, values) : 0, 9);
          if (loss !== LOSSES.dpo)
            expect(breakdown.kl.loss[i]).toBeCloseTo(kl ? weight * evaluate(kl, values) : 0, 9);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('where a factor is held constant, the gradient is the formula’s with that factor held', () => {
  const step = 1e-6;
  /** Central difference over the token's own log-prob; ratios stay as they are. */
  const slope = (formula: string, values: SymbolValues) =>
    (evaluate(formula, { ...values, logp: values.logp + step }) -
      evaluate(formula, { ...values, logp: values.logp - step })) /
    (2 * step);

  it.each(['cispo', 'cpgd'] as const)('%s with policy drift', (key) => {
    fc.assert(
      fc.property(batches, (input) => {
        const options = resolveLossOptions(key, { policyDriftCoef: 0.3, policyDriftClipEps: 0.4 });
        const { breakdown } = LOSSES[key].compute(input, options);
        const { objective, drift } = lossFormulas(LOSSES[key], options);
        everyToken(input, (i) => {
          const values = symbolValues(input, options, breakdown, i);
          const weight = breakdown.weights[i];
          expect(breakdown.drift.gradLogp[i]).toBeCloseTo(weight * slope(drift ?? '', values), 7);
          if (key === 'cispo')
            expect(breakdown.objective.gradLogp[i]).toBeCloseTo(weight * slope(objective, values), 7);
        });
      }),
      { numRuns: 40 },
    );
  });
});
