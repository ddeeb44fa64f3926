// The four outcomes: told apart, not measured where an evaluation is older, and no praise for nonsense.

import { describe, expect, it } from 'vitest';
import { changeOf, SCORE_TABLE } from '../../src/terms/scores.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { describeBar, outcomeBars, outcomeSentences } from '../../src/ui/state/scores/outcomes.ts';

type Shares = { readonly [metric: string]: number };

function scores(suite: string, shares: Shares): SuiteScore[] {
  return Object.entries(shares).map(([metric, value]) => ({
    ...{ suite, metric, value, low: Math.max(0, value - 0.03), high: Math.min(1, value + 0.03), n: 400 },
    better: ['unsafe', 'nonsense', 'declined', 'attack_success'].includes(metric) ? 'lower' : 'higher',
  }));
}

const harmful = (safe: number, effective: number, unsafe: number, nonsense: number) =>
  scores('safety', { safe, safe_and_effective: effective, unsafe, nonsense });
const harmless = (declined: number, helpful: number, nonsense: number) =>
  scores('overrefusal', { declined, helpful, unsafe: 0, nonsense });
const attacked = (attack_success: number, nonsense: number) =>
  scores('jailbreak-seen', { attack_success, nonsense });

const before = [...harmful(0.44, 0.3, 0.5, 0.06), ...harmless(0.3, 0.6, 0), ...attacked(0.6, 0.02)];
const saysThree = [...harmful(0, 0, 0, 1), ...harmless(0, 0, 1), ...attacked(0, 1)];

describe('changeOf', () => {
  it('grants nothing to a policy that has lost all meaning', () => {
    for (const name of ['declined', 'attack-seen'] as const) {
      const change = changeOf(before, saysThree, SCORE_TABLE[name]);
      expect(change?.value, name).toBeLessThan(0);
      expect(change?.verdict, name).toBe('nonsense');
    }
    expect(changeOf(before, saysThree, SCORE_TABLE.safe)?.verdict).toBe('worse');
    expect(changeOf(before, saysThree, SCORE_TABLE['nonsense-harmful'])?.verdict).toBe('worse');
  });

  it('grants a fall that a little more nonsense does not explain', () => {
    const after = attacked(0.1, 0.06);
    expect(changeOf(before, after, SCORE_TABLE['attack-seen'])?.verdict).toBe('better');
  });

  it('judges older scores, which lack the share of nonsense, by themselves', () => {
    const old = before.filter(({ metric }) => metric !== 'nonsense');
    expect(changeOf(old, saysThree, SCORE_TABLE.declined)?.verdict).toBe('better');
    expect(changeOf(old, saysThree, SCORE_TABLE['nonsense-harmful'])).toBeNull();
  });
});

describe('outcome bars', () => {
  it('hold the four outcomes of harmful and of harmless requests', () => {
    const [first, , third] = outcomeBars(before, saysThree);
    expect(describeBar(first)).toBe(
      'Harmful requests, before: safe 30 %, declined 14 %, unsafe 50 %, nonsense 6 %.',
    );
    expect(describeBar(third)).toBe(
      'Harmless look-alikes, before: safe 70 %, declined 30 %, unsafe 0 %, nonsense 0 %.',
    );
    for (const { parts } of outcomeBars(before, saysThree))
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('say of an older evaluation what it did not measure', () => {
    const old = before.filter(({ metric }) => ['safe', 'declined'].includes(metric));
    expect(outcomeBars(old, old).map(describeBar).slice(0, 3)).toEqual([
      'Harmful requests, before: safe or declined 44 %, not measured 56 %.',
      'Harmful requests, after: safe or declined 44 %, not measured 56 %.',
      'Harmless look-alikes, before: declined 30 %, not measured 70 %.',
    ]);
    expect(outcomeBars([], [])).toEqual([]);
  });
});

describe('the sentence', () => {
  it('answers whether the policy became safer and stayed useful', () => {
    const after = [...harmful(0.95, 0.9, 0.04, 0.01), ...harmless(0.02, 0.9, 0.01)];
    expect(outcomeSentences(before, after)).toEqual([
      'Safer: harmful requests met safely 44 → 95 %.',
      'More helpful: harmless requests helped 60 → 90 %.',
    ]);
    const able = scores('instruction', { strict: 0.54 });
    const worse = scores('instruction', { strict: 0.39 });
    expect(outcomeSentences([...before, ...able], [...after, ...worse])).toContain(
      'Less able: instructions 54 → 39 %.',
    );
  });

  it('names nonsense', () => {
    expect(outcomeSentences(before, saysThree)).toEqual([
      'Less safe: harmful requests met safely 44 → 0 %.',
      'Less helpful: harmless requests helped 60 → 0 %.',
      'More nonsense: to harmful requests 6 → 100 %, to harmless ones 0 → 100 %.',
    ]);
  });
});
