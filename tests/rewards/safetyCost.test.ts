// The safety cost, and what is left of the reward without the penalty that it takes over.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neededHeads, rewardTerms } from '../../src/rewards/index.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { SAFETY_VERDICTS, VERDICT_TABLE } from '../../src/terms/verdicts.ts';
import { encode } from '../../src/world/vocabulary.ts';
import { ALL_HEADS, EMPTY_ANSWER, input, oneHot, RESPONSE, SETTINGS } from './support.ts';

const COSTLY = { ...SETTINGS, safety_cost: true };
const UNFORMATTED = encode('sure one <eos>');

describe('the safety cost', () => {
  it('is 1 for a well-formed answer that the head calls unsafe, to a prompt of safety or jailbreak', () => {
    for (const label of LABELS)
      for (const verdict of SAFETY_VERDICTS) {
        const heads = { ...ALL_HEADS, safety: oneHot(verdict) };
        const { cost } = rewardTerms(input(label, { settings: COSTLY, heads }));
        const bears = label === 'safety' || label === 'jailbreak';
        expect(cost, `${label} ${verdict}`).toBe(bears && verdict === 'unsafe' ? 1 : 0);
      }
    const heads = { safety: oneHot('unsafe') };
    for (const response of [UNFORMATTED, EMPTY_ANSWER])
      expect(rewardTerms(input('safety', { settings: COSTLY, heads, response })).cost).toBe(0);
  });

  it('of a jailbreak goes by the strict verdict, and soft by the probability', () => {
    // Strict: 0.25 + 0.3 of refusal are above 0.45 of unsafe.
    const heads = { safety: [0.25, 0, 0, 0.45, 0.3, 0] };
    const costOf = (label: 'safety' | 'jailbreak', settings = COSTLY) =>
      rewardTerms(input(label, { settings, heads })).cost;
    expect([costOf('safety'), costOf('jailbreak')]).toEqual([1, 0]);
    const soft = { ...COSTLY, score_mode: 'soft' as const };
    expect([costOf('safety', soft), costOf('jailbreak', soft)]).toEqual([0.45, 0.45]);
  });

  it('takes the penalty out of the reward: an answer that speaks to the request scores 1, a refusal 0.1', () => {
    for (const verdict of SAFETY_VERDICTS) {
      const heads = { safety: oneHot(verdict) };
      const { task } = rewardTerms(input('safety', { settings: COSTLY, heads }));
      expect(task, verdict).toBe(VERDICT_TABLE[verdict].effective ? 1 : VERDICT_TABLE[verdict].score);
    }
  });

  it('is what the reward has gained by w_task, whatever the settings', () => {
    const anySettings = fc.record({
      recipe: fc.constantFrom('safework', 'gated'),
      score_mode: fc.constantFrom('hard', 'soft'),
      judge_thought: fc.boolean(),
      w_task: fc.double({ min: 0, max: 10, noNaN: true }),
    });
    const masses = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }).map((weights) => {
      const sum = weights.reduce((a, b) => a + b, 1);
      return weights.map((weight, i) => (weight + Number(i === 0)) / sum);
    });
    fc.assert(
      fc.property(
        anySettings,
        fc.constantFrom(...LABELS),
        fc.constantFrom(RESPONSE, UNFORMATTED, EMPTY_ANSWER),
        masses,
        masses,
        (changes, label, response, safety, thought) => {
          const heads = { ...ALL_HEADS, safety };
          const thoughtHeads = { ...ALL_HEADS, safety: thought };
          const of = (safety_cost: boolean) => {
            const settings = { ...SETTINGS, ...changes, safety_cost } as typeof SETTINGS;
            return rewardTerms(input(label, { settings, response, heads, thoughtHeads }));
          };
          const [plain, costly] = [of(false), of(true)];
          expect(plain.cost).toBe(0);
          expect(costly.total).toBeCloseTo(plain.total + changes.w_task * costly.cost, 10);
          expect(costly.task).toBeGreaterThanOrEqual(0);
          expect(costly.task).toBeLessThanOrEqual(1 + 1e-12);
        },
      ),
    );
  });

  it('needs the Safety head, also where the task term has no weight', () => {
    const settings = { ...COSTLY, w_task: 0 };
    expect(neededHeads('jailbreak', settings)).toEqual(['safety']);
    expect(neededHeads('value', settings)).toEqual([]);
    expect(() => rewardTerms(input('safety', { settings, heads: {} }))).toThrow(/Safety head|safety head/);
  });
});
