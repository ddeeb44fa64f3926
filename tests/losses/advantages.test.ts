// Properties of the advantage estimators: groups without spread, invariances, whitening, the overlong penalty.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlongPenalty } from '../../src/advantages/overlong.ts';
import { type AdvantageKey, computeAdvantages } from '../../src/advantages/table.ts';
import type { AdvantageInput, AdvantageOptions } from '../../src/advantages/types.ts';
import { variance } from '../../src/base/numbers.ts';
import { rewardMetrics } from '../../src/losses/metrics.ts';

/** Two tokens a completion, all valid. */
function inputOf(rewards: ArrayLike<number>, groupSize: number): AdvantageInput {
  const batch = rewards.length;
  return { batch, time: 2, groupSize, rewards, mask: new Float64Array(batch * 2).fill(1) };
}

const GROUP_VARIANTS: [AdvantageKey, Partial<AdvantageOptions>][] = [
  ['cpgd', { weight: 'equal' }],
  ['cpgd', { weight: 'std' }],
  ['cpgd', { weight: 'clip_filter' }],
  ['group', { scaleRewards: 'group' }],
  ['group', { scaleRewards: 'batch' }],
  ['group', { scaleRewards: 'none' }],
  ['group_mean', {}],
  ['rloo', {}],
];
const named = GROUP_VARIANTS.map(
  ([key, options]) => [`${key} ${JSON.stringify(options)}`, key, options] as const,
);

const rewards = fc.integer({ min: 0, max: 8 }).map((k) => k / 4);

describe.each(named)('%s', (_, key, options) => {
  it('is exactly 0 in a group of equal rewards, in float32 as well', () => {
    fc.assert(
      fc.property(
        fc.float({ min: -10, max: 10, noNaN: true }),
        fc.array(rewards, { minLength: 5, maxLength: 5 }),
        (value, others) => {
          const batch = Float32Array.from([value, value, value, value, value, ...others]);
          const { sequence, token } = computeAdvantages(key, inputOf(batch, 5), options);
          for (let b = 0; b < 5; b += 1) expect(sequence?.[b] === 0 && token[2 * b] === 0).toBe(true);
        },
      ),
    );
  });

  it('does not turn rewards that only float32 rounding holds apart into advantages', () => {
    const next = new Float32Array(
      new Uint32Array([new Uint32Array(Float32Array.of(0.7).buffer)[0] + 1]).buffer,
    )[0];
    const batch = Float32Array.of(0.7, next, 0.7, next);
    expect([...computeAdvantages(key, inputOf(batch, 4), options).token]).toEqual(new Array(8).fill(0));
    expect(rewardMetrics([[...batch]]).frac_reward_zero_std).toBe(1);
  });

  it('sums to 0 in each group, does not see a shift, and follows a permutation', () => {
    fc.assert(
      fc.property(
        fc.array(rewards, { minLength: 8, maxLength: 8 }),
        fc.integer({ min: -4, max: 4 }),
        (batch, shift) => {
          const advantage = (values: number[]) =>
            computeAdvantages(key, inputOf(values, 4), options).sequence ?? [];
          const plain = Array.from(advantage(batch));
          expect(plain.slice(0, 4).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
          const close = plain.map((value) => expect.closeTo(value, 6));
          expect(Array.from(advantage(batch.map((value) => value + shift)))).toEqual(close);
          const order = [2, 0, 3, 1, 7, 5, 6, 4];
          expect(Array.from(advantage(order.map((b) => batch[b])))).toEqual(order.map((b) => close[b]));
        },
      ),
    );
  });
});

describe('estimators', () => {
  it('clip_filter weighs living groups by groups / living groups, at most 3', () => {
    const flat = [1, 1];
    const weightWith = (dead: number) => {
      const batch = [0, 2, ...new Array(dead).fill(flat).flat()];
      return computeAdvantages('cpgd', inputOf(batch, 2), { weight: 'clip_filter' }).sequence?.[1];
    };
    expect([0, 1, 2, 3, 9].map(weightWith)).toEqual([1, 2, 3, 3, 3]);
  });

  it('unprocessed takes the rewards as they are', () => {
    const { sequence, token } = computeAdvantages('cpgd', inputOf([1, 1, 0, 2], 2), {
      weight: 'unprocessed',
    });
    expect([...(sequence ?? [])]).toEqual([1, 1, 0, 2]);
    expect([...token]).toEqual([1, 1, 1, 1, 0, 0, 2, 2]);
  });

  it('rloo compares with the mean of the others', () => {
    const { sequence } = computeAdvantages('rloo', inputOf([1, 2, 6], 3));
    expect([...(sequence ?? [])]).toEqual([-3, -1.5, 4.5].map((value) => expect.closeTo(value, 12)));
  });

  it('bears groups of one completion', () => {
    for (const [key, options] of GROUP_VARIANTS) {
      expect([...computeAdvantages(key, inputOf([1, 2], 1), options).token]).toEqual([0, 0, 0, 0]);
    }
  });

  it('gae with lambda 1 and gamma 1 gives the outcome as the return of every token', () => {
    const input = inputOf([3, -1], 2);
    const values = Float64Array.of(0.5, 0.2, 1, -2);
    const { returns, raw } = computeAdvantages('gae', { ...input, values }, { lambda: 1, whiten: 'none' });
    expect([...(returns ?? [])]).toEqual([3, 3, -1, -1].map((value) => expect.closeTo(value, 12)));
    expect(raw?.[0]).toBeCloseTo(2.5, 12);
  });

  it('whitened advantages have mean 0 and variance 1 over valid tokens, and 0 on padding', () => {
    const input = { ...inputOf([3, -1, 2, 0], 2), mask: [1, 1, 1, 0, 1, 1, 1, 0] };
    const { token } = computeAdvantages('reinforce_plus_plus', input, { klCoef: 0 });
    const valid = [...token].filter((_, i) => input.mask[i] === 1);
    expect(valid.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
    expect(valid.reduce((a, b) => a + b * b, 0) / valid.length).toBeCloseTo(1, 6);
    expect([token[3], token[7]]).toEqual([0, 0]);
  });

  it('whiten any estimate on request', () => {
    const input = { ...inputOf([3, -1, 2, 0], 2), mask: [1, 1, 1, 0, 1, 1, 1, 0] };
    const { token, raw, sequence } = computeAdvantages('group_mean', input, { whiten: 'unbiased' });
    const tokens = (values: ArrayLike<number>) => Array.from(values).filter((_, i) => input.mask[i] === 1);
    expect([...(sequence ?? [])]).toEqual([2, -2, 1, -1]);
    expect([...raw]).toEqual([2, 2, -2, 0, 1, 1, -1, 0]);
    const [first, , third] = tokens(token);
    expect(variance(tokens(token), 1)).toBeCloseTo(1, 6);
    expect(first - third).toBeCloseTo(4 / Math.sqrt(variance(tokens(raw), 1)), 6);
  });

  it('name what is missing', () => {
    expect(() => computeAdvantages('gae', inputOf([1, 2], 2))).toThrow(/value head/);
    expect(() => computeAdvantages('reinforce_plus_plus', inputOf([1, 2], 2))).toThrow(/reference log-probs/);
  });
});

describe('around the estimators', () => {
  it('the overlong penalty falls from 0 to -1 over the cache', () => {
    expect([10, 12, 14, 16, 20].map((length) => overlongPenalty(length, 16, 4))).toEqual([
      0, 0, -0.5, -1, -1,
    ]);
    expect(overlongPenalty(17, 16, 0)).toBe(-1);
  });
});
