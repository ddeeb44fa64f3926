// The three visual-focus formulas.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attentionRatio,
  attentionScore,
  dependencyScore,
  groundedScore,
  rewardTerms,
} from '../../src/rewards/index.ts';
import { encode, VISUAL_WORDS } from '../../src/world/vocabulary.ts';
import { input, SCENE, SETTINGS } from './support.ts';

const truth = new Set(encode('red circle'));

describe('grounded', () => {
  it.each([
    ['red circle', 1],
    ['sure red circle red red', 1],
    ['red', 2 / 3],
    ['red circle blue', 4 / 5],
    ['blue square', 0],
    ['sure help', 0],
  ])('"%s" scores %d', (thought, score) => {
    expect(groundedScore(encode(thought), truth)).toBeCloseTo(score, 12);
  });

  it('rewards silence on an empty picture only', () => {
    expect(groundedScore(encode('sure'), new Set())).toBe(1);
    expect(groundedScore(encode('red'), new Set())).toBe(0);
  });

  it('gains by a true word and loses by a hallucinated one, and ignores order and repetition', () => {
    const visual = fc.constantFrom(...VISUAL_WORDS);
    const words = fc.uniqueArray(visual, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(words, words, visual, (said, real, extra) => {
        fc.pre(!said.includes(extra));
        const truth = new Set(real);
        const before = groundedScore(said, truth);
        const after = groundedScore([...said, extra], truth);
        if (truth.has(extra)) expect(after).toBeGreaterThan(before);
        else expect(after).toBeLessThanOrEqual(before);
        expect(groundedScore([...said, ...said].reverse(), truth)).toBe(before);
        expect(before).toBeGreaterThanOrEqual(0);
        expect(before).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('dependency and attention', () => {
  it('a KL is squashed to [0, 1]', () => {
    expect(dependencyScore(0)).toBe(0);
    expect(dependencyScore(1)).toBeCloseTo(1 - Math.exp(-1), 12);
    expect(dependencyScore(1e9)).toBe(1);
  });

  it('uniform attention scores one half', () => {
    expect(attentionScore(attentionRatio(0.4, 4, 10))).toBeCloseTo(0.5, 12);
    expect(attentionScore(0)).toBe(0);
    expect(attentionScore(Number.POSITIVE_INFINITY)).toBe(1);
    expect(attentionScore(3)).toBeGreaterThan(attentionScore(2));
  });
});

describe('as a term', () => {
  const term = (
    visual_focus: typeof SETTINGS.visual_focus,
    measure?: number,
    scene: typeof SCENE | null = SCENE,
  ) =>
    rewardTerms(
      input('general', {
        settings: { ...SETTINGS, visual_focus },
        prompt: { label: 'general', scene },
        visual: { truth, measure },
      }),
    ).visual_focus;

  it('needs a picture, and its measure where it has one', () => {
    expect(term('grounded')).toBe(1);
    expect(term('grounded', undefined, null)).toBe(0);
    expect(term('off')).toBe(0);
    expect(term('attention', 1)).toBe(0.5);
    expect(() => term('dependency')).toThrow(/dependency/);
    expect(term('dependency', undefined, null)).toBe(0);
  });
});
