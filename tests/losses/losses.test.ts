// Properties of every loss: gradients against finite differences, padding, equivalences, aggregation, replay weights.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregationWeights } from '../../src/losses/aggregate.ts';
import { replayWeights } from '../../src/losses/replayWeight.ts';
import { computeLoss, LOSS_KEYS, LOSSES, type LossKey } from '../../src/losses/table.ts';
import type { LossAggMode, LossOptions, TokenLossInput } from '../../src/losses/types.ts';
import { type BatchShape, maxDifference, permuteRows, randomBatch, uniforms } from './batches.ts';

const AGG_MODES: LossAggMode[] = [
  'token-mean',
  'seq-mean-token-mean',
  'prompt-token-mean',
  'seq-mean-token-sum',
  'fixed-length',
];

const shapes: fc.Arbitrary<BatchShape> = fc.record({
  prompts: fc.integer({ min: 1, max: 3 }),
  groupSize: fc.integer({ min: 1, max: 4 }),
  time: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  drift: fc.constantFrom(0, 0.1, 0.5, 3),
});

/** Every differentiable variant: no stop-gradient factor in it. */
const VARIANTS: [LossKey, Partial<LossOptions>][] = [
  ...LOSS_KEYS.filter((key) => key !== 'cispo').map((key): [LossKey, Partial<LossOptions>] => [
    key,
    { policyDriftCoef: 0 },
  ]),
  ['cpgd', { policyDriftCoef: 0, cpgdValue: 'log-ratio', tightToLooseLambda: 0.5, epsilonHigh: 0.4 }],
  ['cpgd', { policyDriftCoef: 0, epsilon: Number.POSITIVE_INFINITY, beta: 0.1 }],
  ['ppo', { dualClip: 1.5 }],
  ['grpo', { delta: 1.4, beta: 0.04, klBiasCorrection: true }],
  ['grpo', { delta: 0.9 }],
  ['grpo', { epsilon: Number.POSITIVE_INFINITY }],
  ['gspo', { epsilon: 0.1, epsilonHigh: 0.2, beta: 0.1, klBiasCorrection: true }],
  ['gmpo', { beta: 0.1, epsilonHigh: 0.2 }],
  ['rloo', { dualClip: 3, delta: 2 }],
];

const label = ([key, options]: [LossKey, Partial<LossOptions>]) => `${key} ${JSON.stringify(options)}`;

function centralDifferences(
  key: LossKey,
  input: TokenLossInput,
  options: Partial<LossOptions>,
): Float64Array {
  const step = 1e-6;
  return Float64Array.from(input.logp, (_, i) => {
    if (input.mask[i] === 0) return 0;
    const lossAt = (change: number) => {
      const logp = Float64Array.from(input.logp);
      logp[i] += change;
      return computeLoss(key, { ...input, logp }, options).loss;
    };
    return (lossAt(step) - lossAt(-step)) / (2 * step);
  });
}

const peak = (values: ArrayLike<number>) => Math.max(1, ...Array.from(values, Math.abs));

describe('the gradient of every loss', () => {
  it.each(VARIANTS.map((variant) => [label(variant), ...variant] as const))(
    'equals central finite differences: %s',
    (_, key, options) => {
      fc.assert(
        fc.property(shapes, fc.constantFrom(...AGG_MODES), fc.boolean(), (shape, lossAggMode, weighted) => {
          const input = randomBatch(shape);
          const random = uniforms(shape.seed + 1);
          if (weighted) input.sampleWeight = input.logp.map(() => 0.8 + 0.4 * random());
          const all = { ...options, lossAggMode };
          const { gradLogp } = computeLoss(key, input, all);
          const numeric = centralDifferences(key, input, all);
          expect(maxDifference(gradLogp, numeric) / peak(gradLogp)).toBeLessThan(1e-6);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('also with an advantage of its own for each token', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.constantFrom<LossKey>('ppo', 'gspo', 'rloo', 'cpgd', 'reinforce_plus_plus'),
        (shape, key) => {
          const input = randomBatch(shape);
          const random = uniforms(shape.seed + 2);
          input.advantage = input.logp.map(() => 2 * random() - 1);
          const options = { policyDriftCoef: 0 };
          const { gradLogp } = computeLoss(key, input, options);
          expect(
            maxDifference(gradLogp, centralDifferences(key, input, options)) / peak(gradLogp),
          ).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('holds the stop-gradient factors of CISPO and of the policy drift constant', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom('cap', 'band'), (shape, cispoBounds) => {
        const input = randomBatch(shape);
        const weights = aggregationWeights(input, { ...LOSSES.cispo.defaults });
        const [low, high] = cispoBounds === 'cap' ? [0, 1.3] : [0.7, 2.3];
        const options = { cispoBounds, epsilon: 0.3, epsilonHigh: 1.3 } as const;
        const { gradLogp } = computeLoss('cispo', input, options);
        const drifted = computeLoss('cispo', input, {
          ...options,
          policyDriftCoef: 0.5,
          policyDriftClipEps: 0.4,
        });
        for (let i = 0; i < gradLogp.length; i += 1) {
          const ratio = Math.exp(input.logp[i] - input.oldLogp[i]);
          const held = Math.min(Math.max(ratio, low), high);
          expect(gradLogp[i]).toBeCloseTo(-weights[i] * held * input.advantage[i], 12);
          expect(drifted.gradLogp[i] - gradLogp[i]).toBeCloseTo(
            weights[i] * 0.5 * Math.min(ratio - 1, 0.4),
            12,
          );
        }
      }),
    );
  });

  it.each(LOSS_KEYS)('of %s is 0 on padding, which is never read', (key) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const input = randomBatch(shape);
        const options = { beta: 0.1, policyDriftCoef: 0.1 };
        const clean = computeLoss(key, input, options);
        const poison = (values: ArrayLike<number>) =>
          Float64Array.from(values, (value, i) => (input.mask[i] === 0 ? Number.NaN : value));
        const dirty = computeLoss(
          key,
          {
            ...input,
            logp: poison(input.logp),
            oldLogp: poison(input.oldLogp),
            refLogp: poison(input.refLogp ?? []),
            advantage: poison(input.advantage),
            sampleWeight: poison(input.logp.map(() => 1)),
          },
          options,
        );
        expect(dirty).toEqual(clean);
        clean.gradLogp.forEach((g, i) => {
          if (input.mask[i] === 0) expect(g).toBe(0);
        });
      }),
      { numRuns: 30 },
    );
  });

  it.each(LOSS_KEYS)('of %s follows its rows when a group is permuted', (key) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const input = randomBatch(shape);
        const { groupSize, time, batch } = input;
        const order = Array.from({ length: batch }, (_, b) => {
          const start = b - (b % groupSize);
          return start + ((b - start + 1) % groupSize);
        });
        const options = { beta: 0.1, policyDriftCoef: 0.1, lossAggMode: 'prompt-token-mean' } as const;
        const before = computeLoss(key, input, options);
        const after = computeLoss(key, permuteRows(input, order), options);
        expect(after.loss).toBeCloseTo(before.loss, 10);
        const moved = order.flatMap((b) => Array.from(before.gradLogp.subarray(b * time, (b + 1) * time)));
        expect(maxDifference(after.gradLogp, moved)).toBeLessThan(1e-12);
      }),
      { numRuns: 30 },
    );
  });

  it.each(LOSS_KEYS)('of %s stays finite when the policy has moved absurdly far', (key) => {
    const input = randomBatch({ prompts: 2, groupSize: 2, time: 4, seed: 3, drift: 0 });
    input.logp = input.logp.map((value, i) => value + (i % 2 === 0 ? 900 : -900));
    const { loss, gradLogp } = computeLoss(key, input, { policyDriftCoef: 0.01 });
    expect(Number.isFinite(loss)).toBe(true);
    expect([...gradLogp].every(Number.isFinite)).toBe(true);
  });
});

describe('losses that must agree', () => {
  const onPolicy = shapes.map((shape) => ({ ...shape, drift: 0 }));

  it('on-policy, clip and drift do nothing: cpgd, cpg, pgd, pg, ppo, bnpo, dapo have one gradient', () => {
    fc.assert(
      fc.property(onPolicy, (shape) => {
        const input = randomBatch(shape);
        const expected = computeLoss('pg', input).gradLogp;
        for (const key of [
          'cpgd',
          'cpg',
          'pgd',
          'ppo',
          'bnpo',
          'dapo',
          'reinforce_plus_plus',
          'cispo',
        ] as const) {
          expect(maxDifference(computeLoss(key, input).gradLogp, expected)).toBeLessThan(1e-12);
        }
      }),
    );
  });

  it('on-policy, grpo, gspo and gmpo have one gradient', () => {
    fc.assert(
      fc.property(onPolicy, (shape) => {
        const input = randomBatch(shape);
        const expected = computeLoss('grpo', input).gradLogp;
        for (const key of ['gspo', 'gmpo'] as const) {
          expect(maxDifference(computeLoss(key, input).gradLogp, expected)).toBeLessThan(1e-12);
        }
      }),
    );
  });

  it('off-policy, each ablation of cpgd is cpgd with that part switched off', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const input = randomBatch(shape);
        const noClip = { epsilon: Number.POSITIVE_INFINITY };
        expect(computeLoss('cpg', input, { policyDriftCoef: 0.01 })).toEqual(
          computeLoss('cpgd', input, { policyDriftCoef: 0 }),
        );
        expect(computeLoss('pgd', input).gradLogp).toEqual(computeLoss('cpgd', input, noClip).gradLogp);
        expect(computeLoss('pg', input, { policyDriftCoef: 0.01 }).gradLogp).toEqual(
          computeLoss('cpgd', input, { ...noClip, policyDriftCoef: 0 }).gradLogp,
        );
      }),
    );
  });

  it("the paper's value of cpgd has the gradient of the public code's", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const input = randomBatch(shape);
        const paper = computeLoss('cpgd', input, { cpgdValue: 'log-ratio' });
        expect(paper.gradLogp).toEqual(computeLoss('cpgd', input).gradLogp);
      }),
    );
  });
});

describe('aggregation', () => {
  it('gives weights that sum to 1 in every mean over non-empty sequences', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom<LossAggMode>(...AGG_MODES.slice(0, 3)), (shape, lossAggMode) => {
        const weights = aggregationWeights(randomBatch(shape), {
          lossAggMode,
          maxCompletionLength: 16,
          itemsInBatch: null,
        });
        expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('weighs tokens as each mode says', () => {
    const shape = { batch: 4, time: 2, groupSize: 2, mask: [1, 1, 1, 0, 1, 0, 1, 0] };
    const weights = (lossAggMode: LossAggMode, itemsInBatch: number | null = null) => [
      ...aggregationWeights(shape, { lossAggMode, maxCompletionLength: 10, itemsInBatch }),
    ];
    expect(weights('token-mean')).toEqual([0.2, 0.2, 0.2, 0, 0.2, 0, 0.2, 0]);
    expect(weights('token-mean', 10)).toEqual([0.1, 0.1, 0.1, 0, 0.1, 0, 0.1, 0]);
    expect(weights('seq-mean-token-mean')).toEqual([1 / 8, 1 / 8, 1 / 4, 0, 1 / 4, 0, 1 / 4, 0]);
    expect(weights('prompt-token-mean')).toEqual([1 / 6, 1 / 6, 1 / 6, 0, 1 / 4, 0, 1 / 4, 0]);
    expect(weights('seq-mean-token-sum')).toEqual([0.25, 0.25, 0.25, 0, 0.25, 0, 0.25, 0]);
    expect(weights('fixed-length')).toEqual([1 / 40, 1 / 40, 1 / 40, 0, 1 / 40, 0, 1 / 40, 0]);
  });

  it('survives sequences and batches without a valid token', () => {
    const input = randomBatch({ prompts: 1, groupSize: 2, time: 3, seed: 1, drift: 0.1 });
    input.mask = new Float64Array(6);
    for (const key of LOSS_KEYS) {
      const { loss, gradLogp } = computeLoss(key, input);
      expect(loss).toBe(0);
      expect([...gradLogp]).toEqual([0, 0, 0, 0, 0, 0]);
    }
  });
});

describe('replay weights', () => {
  it('are the ratio held inside 1 +- epsilon, 1 on-policy, 0 on padding', () => {
    const weights = replayWeights(
      Float64Array.of(-1, -1, -1, -1, Number.NaN),
      Float64Array.of(-1, -1.1, -3, -0.2, -1),
      [1, 1, 1, 1, 0],
      0.2,
    );
    expect(weights[0]).toBe(1);
    expect(weights[1]).toBeCloseTo(Math.exp(0.1), 12);
    expect([...weights.subarray(2)]).toEqual([1.2, 0.8, 0]);
  });

  it('scale the policy term and leave drift and reference KL alone', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const input = randomBatch(shape);
        const options = { beta: 0.1, policyDriftCoef: 0.3 };
        const sampleWeight = replayWeights(input.logp as Float64Array, input.oldLogp, input.mask, 0.2);
        const plain = computeLoss('cpgd', input, options);
        const none = computeLoss('cpgd', { ...input, sampleWeight: input.logp.map(() => 0) }, options);
        const weighted = computeLoss('cpgd', { ...input, sampleWeight }, options);
        const expected = plain.gradLogp.map(
          (g, i) => none.gradLogp[i] + sampleWeight[i] * (g - none.gradLogp[i]),
        );
        expect(maxDifference(weighted.gradLogp, expected)).toBeLessThan(1e-12);
      }),
    );
  });
});

describe('the table', () => {
  it('says when a reference is missing', () => {
    const input = { ...randomBatch({ prompts: 1, groupSize: 2, time: 2, seed: 1, drift: 0 }), refLogp: null };
    expect(() => computeLoss('grpo', input, { beta: 0.1 })).toThrow(/reference log-probs/);
    expect(computeLoss('grpo', input).loss).toBe(computeLoss('grpo', { ...input, refLogp: input.logp }).loss);
  });

  it('lists, for each loss, exactly the knobs that can change it', () => {
    const changes: Partial<LossOptions>[] = [
      { epsilon: 0.05 },
      { epsilonHigh: 0.01 },
      { policyDriftCoef: 0.7 },
      { beta: 0.5 },
      { delta: 0.5 },
      { dualClip: 1.01 },
      { importanceSamplingLevel: 'sequence' },
      { importanceSamplingLevel: 'token' },
      { lossAggMode: 'fixed-length' },
      { lossAggMode: 'token-mean' },
      { tightToLooseLambda: 0.1 },
      { cpgdValue: 'log-ratio' },
      { cispoBounds: 'band' },
      { preferenceBeta: 0.3 },
    ];
    const inputs = [11, 12, 13, 14, 15].map((seed) =>
      randomBatch({ prompts: 3, groupSize: 4, time: 6, seed, drift: seed % 2 === 0 ? 0.8 : 0.1 }),
    );
    for (const key of LOSS_KEYS) {
      const matters = (change: Partial<LossOptions>) =>
        inputs.some((input) =>
          // CISPO's lower bound exists only inside a band, and by default it is 0 there too; in DPO only the KL is a mean over tokens.
          [{}, { cispoBounds: 'band' } as const, { epsilon: 0.2 }, { beta: 0.1 }].some(
            (base) =>
              computeLoss(key, input, { ...base, ...change }).loss !== computeLoss(key, input, base).loss,
          ),
        );
      const moved = new Set(changes.filter(matters).flatMap(Object.keys));
      const listed = new Set<string>(LOSSES[key].knobs);
      for (const change of changes) {
        const [name] = Object.keys(change);
        expect([key, name, moved.has(name)]).toEqual([key, name, listed.has(name)]);
      }
    }
  });

  it('DPO is the mean over prompts of -log sigma of the margin of best over worst, each against the reference', () => {
    const input = randomBatch({ prompts: 3, groupSize: 4, time: 5, seed: 5, drift: 0.5 });
    // The last group is all alike, and holds no pair.
    input.advantage = input.advantage.map((value, i) => (i >= 8 * 5 ? 0.3 : value));
    const distance = (row: number) =>
      Array.from({ length: 5 }, (_, t) => row * 5 + t).reduce(
        (sum, i) => sum + (input.mask[i] === 0 ? 0 : input.logp[i] - input.refLogp![i]),
        0,
      );
    const losses = [0, 4].map((start) => {
      const rows = [0, 1, 2, 3].map((row) => start + row);
      const ranked = rows.sort((a, b) => input.advantage[b * 5] - input.advantage[a * 5]);
      const margin = 0.7 * (distance(ranked[0]) - distance(ranked[3]));
      return -Math.log(1 / (1 + Math.exp(-margin)));
    });
    const { loss, gradLogp } = computeLoss('dpo', input, { preferenceBeta: 0.7 });
    expect(loss).toBeCloseTo((losses[0] + losses[1]) / 3, 12);
    expect(new Set(gradLogp.slice(8 * 5))).toEqual(new Set([0]));
    expect(computeLoss('dpo', { ...input, logp: input.refLogp! }).loss).toBeCloseTo(
      (2 * Math.log(2)) / 3,
      12,
    );
    expect(() => computeLoss('dpo', { ...input, refLogp: null })).toThrow(/reference/);
  });

  it('counts clipped tokens and the largest ratio', () => {
    const input = randomBatch({ prompts: 1, groupSize: 2, time: 2, seed: 1, drift: 0 });
    input.mask = Float64Array.of(1, 1, 1, 1);
    input.advantage = Float64Array.of(1, 1, -1, -1);
    input.logp = input.oldLogp.map((value, i) => value + [0.5, 0.1, -0.5, 0.5][i]);
    for (const key of ['cpgd', 'ppo', 'gmpo'] as const) {
      const { metrics } = computeLoss(key, input, { epsilon: 0.2 });
      expect([key, metrics.clipHigh, metrics.clipLow]).toEqual([key, 0.25, 0.25]);
    }
    expect(computeLoss('ppo', input).metrics.ratioMax).toBeCloseTo(Math.exp(0.5), 12);
  });
});
