// The form of a plan: what is typed, what it makes, and that a plan comes back from its form and its link.

import { describe, expect, it } from 'vitest';
import { DEFAULTS, findSetting, resolvePreset, SETTINGS } from '../../../src/config/index.ts';
import { expand, planOfInput } from '../../../src/experiments/plans.ts';
import { baseGroups, findBase, settingGroups } from '../../../src/ui/state/lab/baseChoices.ts';
import { planLink, planOfHash } from '../../../src/ui/state/lab/planAddress.ts';
import {
  firstForm,
  formOfPlan,
  planOfForm,
  seedsOf,
  seedsText,
  suggestedValues,
  valuesOf,
} from '../../../src/ui/state/lab/planForm.ts';

const QUICK = resolvePreset('quick').settings;

describe('what is typed', () => {
  it.each([
    ['policy_drift_coef', '0 0.01 0.1', [0, 0.01, 0.1]],
    ['policy_drift_coef', '0, 0.01, 0.1', [0, 0.01, 0.1]],
    ['loss_type', 'cpgd,grpo', ['cpgd', 'grpo']],
    [
      'stages',
      'sft,heads,stage1 sft,heads,stage2',
      [
        ['sft', 'heads', 'stage1'],
        ['sft', 'heads', 'stage2'],
      ],
    ],
  ])('values of %s: %s', (setting, text, values) => expect(valuesOf(setting, text)).toEqual(values));

  it('a decimal comma is told, not taken for two values', () =>
    expect(() => valuesOf('policy_drift_coef', '0,5')).toThrow(/0,5/));
  it('values out of range, unknown settings and none at all are one sentence', () => {
    expect(() => valuesOf('policy_drift_coef', '1000')).toThrow(/policy_drift_coef/);
    expect(() => valuesOf('policy_drift', 'maybe')).toThrow(/policy_drift/);
    expect(() => valuesOf('no_such', '1')).toThrow(/no_such/);
    expect(() => valuesOf('epochs', ' ')).toThrow('has no value');
  });

  it('seeds, one by one and as ranges', () => {
    expect(seedsOf('11..13, 20')).toEqual([11, 12, 13, 20]);
    expect(seedsText([11, 12, 13, 20, 22, 23])).toBe('11..13 20 22 23');
    expect(() => seedsOf('15..11')).toThrow('no range of seeds');
    expect(() => seedsOf('')).toThrow('There is no seed');
  });
});

describe('the form', () => {
  it('opens with a plan that can run, with and without released models', () => {
    const plan = planOfForm(firstForm(null));
    expect(expand(plan, { settings: QUICK, preset: 'quick', stage: null }).cells).toHaveLength(3);
    const model = planOfForm(firstForm('qwen-mini'));
    const { runs, cells } = expand(model, { settings: QUICK, preset: 'quick', stage: 'heads' });
    expect(runs).toHaveLength(15);
    expect(runs[0].from).toEqual({ id: null, stage: 'heads' });
    expect(cells.find(({ isBase }) => isBase)?.title).toBe('policy_drift_coef 0.01');
  });

  it('a plan comes back from its form and its link', () => {
    const plan = planOfInput({
      name: 'Two losses',
      equal: 2,
      base: { model: 'qwen-mini', after: 'heads' },
      overrides: { stage2_steps: 10, stage2_mix: { safety: 3, normal: 1 } },
      factors: [
        { setting: 'loss_type', values: ['cpgd', 'grpo'] },
        { setting: 'stages', values: [['sft', 'heads', 'stage2']] },
      ],
      seeds: [1, 2, 3],
      metrics: ['mean', 'helped'],
    });
    const again = planOfForm(formOfPlan(plan));
    expect({ ...again, overrides: {} }).toEqual({ ...plan, overrides: {} });
    expect(again.overrides).toMatchObject({ stage2_steps: 10 });
    for (const seats of [null, 30]) {
      const link = new URL(planLink({ plan, seats }, 'https://a.example/page/?v=2#train'));
      expect(link.search).toBe('');
      expect(planOfHash(link.hash)).toEqual({ plan, seats });
    }
    expect(planOfHash('#lab')).toBe(null);
    expect(() => planOfHash('#lab?plan=no')).toThrow('it is no plan');
    expect(() => planOfHash('#lab?plan={"kind":"cosmo-plan","version":9}')).toThrow('version 9');
  });

  it('a plan of cells with names keeps them', () => {
    const plan = planOfInput({
      name: 'losses',
      base: { preset: 'quick' },
      cells: [
        { name: 'cpgd', title: 'CPGD' },
        { name: 'grpo', title: 'GRPO', preset: 'grpo' },
      ],
      seeds: [1, 2],
    });
    expect(planOfForm(formOfPlan(plan))).toEqual(plan);
  });

  it('every setting that a base leaves open has values to suggest that a plan takes', () => {
    const base = { settings: QUICK, preset: 'quick', stage: 'heads' };
    const start = { ...QUICK, stages: ['sft', 'heads', 'stage2'] as const };
    const open = settingGroups(base, start).flatMap(({ choices }) => choices.map(([key]) => key));
    expect(open).toContain('policy_drift_coef');
    // SFT has read it; no stage that is left reads it.
    for (const key of ['sft_steps', 'stage1_steps', 'size', 'seed']) expect(open).not.toContain(key);
    for (const key of open) {
      const row = findSetting(key);
      expect(row && valuesOf(key, suggestedValues(row, QUICK)).length, key).toBeGreaterThan(0);
    }
  });

  it('suggests values around the base’s own', () => {
    const suggested = (key: string) => {
      const row = SETTINGS.find((each) => each.key === key);
      return row ? suggestedValues(row, DEFAULTS) : '';
    };
    expect(suggested('policy_drift_coef')).toBe('0.00333 0.01 0.03');
    expect(suggested('dynamic_sampling')).toBe('false true');
    expect(suggested('group_size').split(' ')).toHaveLength(3);
    expect(suggested('loss_type')).toMatch(/^cpgd /);
  });
});

describe('what a plan begins from', () => {
  it('a base that is gone is one sentence, and stays to be seen', () => {
    const bases = { releases: [], runs: [] };
    expect(() => findBase({ model: 'x', after: 'heads' }, bases)).toThrow('no released model “x”');
    expect(() => findBase({ run: 'y', after: 'sft' }, bases)).toThrow('no longer stored');
    expect(baseGroups(bases, { run: 'y', after: 'sft' })[0].choices[0][1]).toBe('y@sft');
  });
});
