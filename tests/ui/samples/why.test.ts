// The sentences on who won a group, and why.

import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/index.ts';
import { contributionsOf, winnersOf } from '../../../src/ui/state/samples/contributions.ts';
import { names, whyItWon } from '../../../src/ui/state/samples/why.ts';

const settings = { ...DEFAULTS, w_format: 1, w_visual: 0.5, w_helpful: 1, w_task: 2 };
type Terms = { format: number; visual_focus: number; helpful: number; task: number };

/** A response with the total that the weights give, as float32. */
function sample(terms: Partial<Terms>, advantage = 0, gold?: number) {
  const all = { format: 0, visual_focus: 0, helpful: 0, task: 0, ...terms };
  const total = Math.fround(all.format + 0.5 * all.visual_focus + all.helpful + 2 * all.task);
  return { terms: { ...all, total, ...(gold === undefined ? {} : { gold }) }, advantage };
}

describe('whyItWon', () => {
  it('names the term that made most of the lead, by how much, then the others and what stood against it', () => {
    const group = [
      sample({ format: 1, task: 1, helpful: 0 }, 1.2),
      sample({ format: 1, task: 0, helpful: 1 }, -0.4),
      sample({ format: 0, task: 0, helpful: 1 }, -0.4),
      sample({ format: 1, task: 0, helpful: 0 }, -0.4),
    ];
    // Totals 3, 2, 1, 1: mean 1.75; task 2 * (1 - 0.25), format 1 - 0.75, helpful 0 - 0.5.
    expect(whyItWon(group, settings)).toEqual([
      '#1 won: its total 3 is 1.25 above the group’s mean of 1.75. The task term made most of it: +1.50 (1 against a mean of 0.25, weight 2), then format (+0.25); against it stood helpful (−0.50).',
    ]);
  });

  it('names all that share the best total', () => {
    const group = [sample({ task: 1 }, 1), sample({}, -1), sample({ task: 1 }, 1), sample({}, -1)];
    expect(whyItWon(group, settings)[0]).toBe(
      '#1 and #3 won together: their total 2 is 1 above the group’s mean of 1. The task term made most of it: +1.00 (on average 1 against a mean of 0.5, weight 2), and no other term.',
    );
  });

  it('says of nobody that he won where the group was not trained on', () => {
    const sentences = whyItWon([sample({ task: 1 }), sample({})], settings);
    expect(sentences[0]).toMatch(/^#1 is best: its total 2 is 1 above/);
    expect(sentences[1]).toMatch(/left out of the update/);
  });

  it('names nobody where all are equal, even by rounding', () => {
    const group = [sample({ format: 1, visual_focus: 0.1 }), sample({ format: 1, visual_focus: 0.1 + 1e-8 })];
    expect(whyItWon(group, settings)).toHaveLength(1);
    expect(whyItWon(group, settings)[0]).toMatch(/^No response is best: all 2 have the total 1.05/);
  });

  it('says on whom the safety cost falls, also where the totals are equal', () => {
    const costs = [0, 1, 0, 1].map((cost) => {
      const { terms, advantage } = sample({ format: 1, task: 1 }, 0.5 - cost);
      return { terms: { ...terms, cost }, advantage };
    });
    const sentence =
      'The safety cost is above the group’s mean of 0.5 for #2 and #4: that lowers the advantage, by the multiplier.';
    expect(whyItWon(costs, settings)).toEqual(['No response is best: all 4 have the total 3.', sentence]);
    const [first, ...others] = costs;
    const group = [{ ...first, ...sample({ task: 1 }) }, ...others];
    expect(whyItWon(group, settings)[1]).toBe(sentence);
  });

  it('claims nothing where the terms do not add up to the total', () => {
    const wrong = { ...sample({ task: 1 }, 1), terms: { format: 1, task: 1, total: 9 } };
    const [sentence] = whyItWon([wrong, sample({}, -1)], settings);
    expect(sentence).toContain('do not add up');
    expect(sentence).not.toContain('task');
  });

  it('says that a group was not trained on, and why where it is known', () => {
    const group = [sample({ format: 1 }), sample({})];
    expect(whyItWon(group, settings)[1]).toContain('left out of the update');
    expect(whyItWon(group, settings, true)[1]).toContain('dynamic sampling');
  });

  it('says where the oracle would have chosen another one', () => {
    const group = [sample({ format: 1 }, 1, 0.2), sample({}, -1, 1.2)];
    expect(whyItWon(group, settings).at(-1)).toContain('would have chosen #2: its reward for #1 is 1 lower');
    expect(whyItWon([sample({ format: 1 }, 1, 2), sample({}, -1, 1)], settings)).toHaveLength(1);
  });

  it('follows the overlong penalty and terms that are normalised in their group', () => {
    const penalised = [sample({ format: 1 }, 1), sample({ format: 1 }, -1)];
    const group = [
      penalised[0]!,
      { ...penalised[1]!, terms: { ...penalised[1]!.terms, overlong: -0.5, total: 0.5 } },
    ];
    expect(whyItWon(group, settings)[0]).toContain('The overlong penalty term made most of it: +0.25');
    const normal = { ...settings, aggregation: 'normalize_then_sum' as const };
    const root = Math.SQRT1_2;
    const scaled = [
      { terms: { format: 1, task: 0, total: root - 2 * root }, advantage: -1 },
      { terms: { format: 0, task: 0.1, total: 2 * root - root }, advantage: 1 },
    ];
    expect(whyItWon(scaled, normal)[0]).toMatch(
      /^#2 won.*The task term made most of it: \+1\.41.*normalised/,
    );
  });
});

describe('contributions', () => {
  it('add up to the lead of a response', () => {
    const group = [
      sample({ format: 1, visual_focus: 0.4 }),
      sample({ task: 0.3, helpful: 1 }),
      sample({ task: 1 }),
    ];
    const terms = group.map((each) => each.terms);
    const mean = terms.reduce((sum, { total }) => sum + total, 0) / 3;
    for (const [i, { total }] of terms.entries()) {
      const parts = contributionsOf(terms, [i], settings);
      expect(parts?.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(total - mean, 6);
    }
  });

  it('winners are those within rounding of the top', () => {
    expect(winnersOf([1, 2, 2 + 1e-7])).toEqual([1, 2]);
    expect(winnersOf([1, 1, 1])).toEqual([]);
    expect(names([0, 1, 3])).toBe('#1, #2 and #4');
  });
});
