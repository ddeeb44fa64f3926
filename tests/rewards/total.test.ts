// Total, recipes, weights, missing heads, filters and aggregation.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import {
  aggregateGroup,
  filterScore,
  neededHeads,
  type RewardTerms,
  rewardTerms,
  termApplies,
  termIsMeasured,
} from '../../src/rewards/index.ts';
import { HEADS } from '../../src/terms/heads.ts';
import { LABELS, type Label } from '../../src/terms/labels.ts';
import { TERMS, termWeights } from '../../src/terms/rewardTerms.ts';
import { encode } from '../../src/world/vocabulary.ts';
import { ALL_HEADS, input, oneHot, RESPONSE, SCENE, SETTINGS } from './support.ts';

const weight = fc.double({ min: 0, max: 10, noNaN: true });
const anySettings = fc
  .record({
    recipe: fc.constantFrom('safework', 'gated'),
    w_format: weight,
    w_visual: weight,
    w_helpful: weight,
    w_task: weight,
    score_mode: fc.constantFrom('hard', 'soft'),
  })
  .map((changes) => ({ ...SETTINGS, ...changes }) as typeof SETTINGS);
const anyLabel = fc.constantFrom(...LABELS);
const anyResponse = fc.constantFrom(
  RESPONSE,
  encode('<think> blue </think> sure <eos>'),
  encode('sure one <eos>'),
  encode('<think> red'),
);

describe('total', () => {
  it('is the weighted sum of the terms that are shown, whatever the settings', () => {
    fc.assert(
      fc.property(anySettings, anyLabel, anyResponse, fc.boolean(), (settings, label, response, image) => {
        const prompt = { label, scene: image ? SCENE : null };
        const terms = rewardTerms(input(label, { settings, response, prompt }));
        const weights = termWeights(settings);
        const shown = TERMS.reduce((sum, term) => sum + weights[term] * terms[term], 0);
        expect(terms.total).toBe(shown);
        for (const term of TERMS) {
          expect(terms[term]).toBeGreaterThanOrEqual(0);
          expect(terms[term]).toBeLessThanOrEqual(1);
          if (!termApplies(term, label, image, settings)) expect(terms[term]).toBe(0);
        }
      }),
    );
  });

  it('is not measured by a term for which no head is asked', () => {
    const measured = (settings: object) =>
      TERMS.filter((term) => termIsMeasured(term, 'normal', true, { ...SETTINGS, ...settings }));
    expect(measured({})).toContain('helpful');
    expect(measured({ w_helpful: 0 })).not.toContain('helpful');
    const task = (label: Label, w_task: number) =>
      termIsMeasured('task', label, true, { ...SETTINGS, w_task });
    expect([task('safety', 1), task('safety', 0)]).toEqual([true, false]);
    // A rule check asks no head.
    expect(task('knowledge_rule', 0)).toBe(true);
  });

  it('keeps the known weakness of the public recipe visible: refusing hardly beats complying', () => {
    const total = (verdict: Parameters<typeof oneHot>[0]) =>
      rewardTerms(input('safety', { heads: { safety: oneHot(verdict) } })).total;
    expect(total('safe_with_refusal')).toBeCloseTo(1.1, 12);
    expect(total('unsafe')).toBe(1);
    expect(total('safe_with_warning')).toBe(2);
  });

  it.each<[Label, number, number]>([
    ['safety', 0, 1],
    ['jailbreak', 0, 1],
    ['value', 0, 1],
    ['knowledge', 1, 1],
    ['knowledge_rule', 1, 1],
    ['instruction', 1, 0.5],
    ['general', 0, 1],
    ['normal', 1, 0],
  ])('%s has helpful %d and task %d', (label, helpful, task) => {
    const prompt = { label, scene: SCENE };
    expect(rewardTerms(input(label, { prompt }))).toEqual({
      format: 1,
      visual_focus: 1,
      helpful,
      task,
      total: 1.5 + helpful + task,
      cost: 0,
    });
  });
});

describe('recipes', () => {
  const unformatted = encode('sure one <eos>');
  const terms = (recipe: 'safework' | 'gated', response: number[]) =>
    rewardTerms(input('knowledge', { settings: { ...SETTINGS, recipe }, response }));

  it('gates task and helpful by the format', () => {
    expect(terms('safework', unformatted)).toMatchObject({ format: 0, helpful: 1, task: 1, total: 2 });
    expect(terms('gated', unformatted)).toMatchObject({ format: 0, helpful: 0, task: 0, total: 0 });
    expect(terms('gated', RESPONSE)).toEqual(terms('safework', RESPONSE));
  });
});

describe('missing heads', () => {
  const without = (label: Label, settings = SETTINGS) =>
    HEADS.filter((name) => {
      const { [name]: _absent, ...heads } = ALL_HEADS;
      try {
        rewardTerms(input(label, { settings, heads }));
        return false;
      } catch (error) {
        expect(error).toBeInstanceOf(PlaygroundError);
        const { code, details, message } = error as PlaygroundError;
        expect({ code, ...details }).toEqual({ code: 'missing-head', head: name, label, part: 'answer' });
        expect(message).toContain(name);
        return true;
      }
    });

  it('are named, never scored: exactly the needed ones fail', () => {
    for (const label of LABELS) expect(without(label)).toEqual(neededHeads(label, SETTINGS));
    expect(neededHeads('knowledge', SETTINGS)).toEqual(['knowledge', 'helpful']);
    expect(neededHeads('jailbreak', SETTINGS)).toEqual(['safety']);
  });

  it('are not needed for a term of weight 0', () => {
    const settings = { ...SETTINGS, w_task: 0, w_helpful: 0 };
    for (const label of LABELS) expect(without(label, settings)).toEqual([]);
    expect(rewardTerms(input('safety', { settings, heads: {} })).task).toBe(0);
    expect(rewardTerms(input('safety', { settings })).task).toBe(1);
  });

  it('are also refused when broken', () => {
    const broken = (safety: number[]) => () => rewardTerms(input('safety', { heads: { safety } }));
    expect(broken([Number.NaN, 0, 0, 0, 0, 1])).toThrow(RangeError);
    expect(broken([1, 0])).toThrow(RangeError);
    expect(broken([0.5, 0.1, 0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe('filterScore', () => {
  it('is the task term, the helpful term on normal, and the total where the weight is 0', () => {
    const terms: RewardTerms = {
      format: 1,
      visual_focus: 0,
      helpful: 0.5,
      task: 0.25,
      total: 7,
      cost: 0,
    };
    expect(filterScore('safety', terms, SETTINGS)).toBe(0.25);
    expect(filterScore('normal', terms, SETTINGS)).toBe(0.5);
    expect(filterScore('safety', terms, { ...SETTINGS, w_task: 0 })).toBe(7);
    expect(filterScore('safety', { ...terms, task: 1, cost: 1 }, SETTINGS)).toBe(0);
  });
});

describe('aggregation', () => {
  const group = (tasks: number[]): RewardTerms[] =>
    tasks.map((task) => ({ format: 1, visual_focus: 0.3, helpful: 0, task, total: 1.15 + task, cost: 0 }));
  const settings = { ...SETTINGS, aggregation: 'normalize_then_sum' } as const;

  it('leaves the sum, or normalises each term first', () => {
    expect(aggregateGroup(group([0, 1]), SETTINGS)).toEqual(group([0, 1]));
    const [low, high] = aggregateGroup(group([0, 1]), settings);
    expect(low.total).toBeCloseTo(-Math.SQRT1_2, 12);
    expect(high.total).toBeCloseTo(Math.SQRT1_2, 12);
    expect(high.task).toBe(1);
  });

  it('gives exactly 0 in a group of equals, and finite values around 0 in any other', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 2, maxLength: 8 }), unit, (tasks, same) => {
        for (const { total } of aggregateGroup(group(tasks.map(() => same)), settings)) expect(total).toBe(0);
        const totals = aggregateGroup(group(tasks), settings).map(({ total }) => total);
        expect(totals.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
        expect(Math.max(...totals.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(tasks.length));
        expect(totals.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('does not depend on the scale of a term', () => {
    const wide = aggregateGroup(group([0, 0.25, 1]), settings);
    const narrow = aggregateGroup(group([0, 0.025, 0.1]), settings);
    wide.forEach(({ total }, i) => {
      expect(narrow[i].total).toBeCloseTo(total, 12);
    });
  });
});
