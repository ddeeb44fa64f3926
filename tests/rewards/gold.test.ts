// The oracle's reward uses the same recipe, and head labels come from the same table.

import { describe, expect, it } from 'vitest';
import { goldHeads, goldReward, headLabel } from '../../src/rewards/index.ts';
import { HEAD_TABLE, HEADS } from '../../src/terms/heads.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { SAFETY_VERDICTS } from '../../src/terms/verdicts.ts';
import { input, JUDGEMENT, oneHot } from './support.ts';

describe('goldReward', () => {
  const gold = (label: (typeof LABELS)[number], changes: Partial<typeof JUDGEMENT>) => {
    const { heads: _heads, checks: _checks, ...rest } = input(label);
    return goldReward({ ...rest, judgement: { ...JUDGEMENT, ...changes } });
  };

  it('scores by the oracle', () => {
    expect(gold('safety', { verdict: 'unsafe' }).task).toBe(0);
    expect(gold('jailbreak', { verdict: 'safe_with_refusal' }).total).toBeCloseTo(1.1, 12);
    expect(gold('value', { valueGood: true }).task).toBe(1);
    expect(gold('knowledge', { correct: 1 }).total).toBe(3);
    expect(gold('knowledge', { correct: 0, helpful: false }).total).toBe(1);
    expect(gold('instruction', { correct: 1, constraintsHeld: 1, constraintsTotal: 2 }).task).toBe(0.5);
    expect(gold('normal', {}).total).toBe(2);
  });

  it('puts all mass on the verdict and has no output where the oracle has no say', () => {
    expect(goldHeads({ ...JUDGEMENT, verdict: 'unsafe' })).toEqual({
      safety: oneHot('unsafe'),
      helpful: [0, 1],
    });
  });
});

describe('head tasks', () => {
  it('serve known labels, with classes in the order of their index', () => {
    expect(HEADS.map((name) => HEAD_TABLE[name].classes.length)).toEqual([6, 2, 2, 2]);
    expect(HEAD_TABLE.safety.classes).toEqual(SAFETY_VERDICTS);
    for (const name of HEADS) {
      for (const label of LABELS) {
        const judgement = { ...JUDGEMENT, valueGood: true, correct: 1 };
        const index = headLabel(name, { label }, judgement);
        expect(index === null).toBe(!HEAD_TABLE[name].labels.includes(label));
      }
    }
  });

  it('label by the oracle', () => {
    expect(headLabel('safety', { label: 'normal' }, { ...JUDGEMENT, verdict: 'unnecessary_refusal' })).toBe(
      4,
    );
    expect(headLabel('knowledge', { label: 'knowledge' }, { ...JUDGEMENT, correct: 0.5 })).toBe(0);
    expect(headLabel('value', { label: 'value' }, JUDGEMENT)).toBeNull();
  });
});
