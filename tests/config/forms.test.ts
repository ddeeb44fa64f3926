// Presets and the address.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULTS,
  fromQuery,
  PRESETS,
  resolvePreset,
  SETTING_KEYS,
  toQuery,
  validateSettings,
} from '../../src/config/index.ts';
import { anySettings } from './arbitrary.ts';

const anyPreset = fc.constantFrom(
  '',
  'quick',
  'smoke+dapo',
  'full+safety-only+gspo',
  ...PRESETS.map((p) => p.name),
);

describe('presets', () => {
  it('are valid, uniquely named and described in one sentence', () => {
    expect(new Set(PRESETS.map((preset) => preset.name)).size).toBe(PRESETS.length);
    for (const preset of PRESETS) {
      expect(resolvePreset(preset.name).name).toBe(preset.name);
      expect(preset.name).toMatch(/^[a-z0-9-]+$/);
      expect(preset.sentence).toMatch(/^[^.]+\.$/);
    }
  });

  it('combine, later layers over earlier ones', () => {
    const { name, settings } = resolvePreset('quick+grpo+general-only');
    expect(name).toBe('quick+grpo+general-only');
    expect(settings).toMatchObject({
      image_size_px: 24,
      loss_type: 'grpo',
      stages: ['sft', 'heads', 'stage1'],
    });
    expect(resolvePreset('grpo+dapo').settings.loss_type).toBe('dapo');
    expect(resolvePreset('').settings).toEqual(DEFAULTS);
  });

  it('paper is quick but for regime and SFT: no KL, eight optimiser steps a rollout, one epoch, flaws by kind', () => {
    const [quick, { settings }] = [resolvePreset('quick').settings, resolvePreset('paper')];
    expect(
      SETTING_KEYS.filter((key) => toQuery({ ...quick, [key]: settings[key] }) !== toQuery(quick)),
    ).toEqual([
      'sft_harmful_compliance',
      'sft_jailbreak_compliance',
      'sft_over_refusal',
      'sft_careless_look',
      'sft_form_slip',
      'sft_by_kind',
      'minibatches',
      'beta',
    ]);
    expect(settings).toMatchObject({ beta: 0, epochs: 1, minibatches: 8 });
    expect(resolvePreset('paper+rloo').settings).toMatchObject({
      loss_type: 'rloo',
      beta: 0,
      minibatches: 8,
    });
  });

  it('name the nearest one for an unknown one', () => {
    expect(() => resolvePreset('quick+gpro')).toThrow('There is no preset "gpro".');
    expect(() => resolvePreset('quick+gpro')).toThrow(
      expect.objectContaining({ details: { setting: 'preset' } }),
    );
  });
});

describe('address', () => {
  it('holds the version, the preset and what differs from it, readably', () => {
    expect(toQuery(DEFAULTS)).toBe('v=2');
    const settings = validateSettings(
      { seed: 9, stage2_mix: { safety: 4, normal: 3 } },
      resolvePreset('quick+grpo').settings,
    );
    expect(toQuery(settings, 'quick+grpo')).toBe('v=2&preset=quick+grpo&seed=9&stage2_mix=normal:3,safety:4');
  });

  it('round trip of any settings and preset', () => {
    fc.assert(
      fc.property(anySettings, anyPreset, (settings, preset) => {
        const name = resolvePreset(preset).name;
        expect(fromQuery(`?${toQuery(settings, preset)}`)).toEqual({ settings, preset: name, dropped: [] });
      }),
    );
  });

  it('says what it dropped and keeps the rest', () => {
    const result = fromQuery('?v=3&preset=quik&sft_step=3&epsilon=nan&seed=5&seed=6');
    expect(result.settings).toEqual({ ...DEFAULTS, seed: 5 });
    expect(result.preset).toBe('');
    expect(result.dropped).toHaveLength(5);
    expect(result.dropped.join('\n')).toMatch(
      /version 3.*quick.*sft_steps.*epsilon is "nan".*seed more than once/s,
    );
  });

  it.each([
    ['v=0&seed=5', /version 0, this page reads version 2/],
    ['v=next&seed=5', /version next, this page/],
    ['v=&seed=5', /version , this page|no version/],
    ['v=2&v=1&seed=5', /sets v more than once/],
    ['v=2&preset=smoke&preset=quick&seed=5', /sets preset more than once/],
    ['v=2&seed=5&seed=6&seed=7', /^The link sets seed more than once: the first value is used\.$/],
    ['v=2&seed=5&old_setting=3', /no setting "old_setting" \(given as "3"\)\. The nearest known one is/],
  ])('%s: what is not used is told once, what is known is used', (query, message) => {
    const { settings, dropped } = fromQuery(query);
    expect(settings.seed).toBe(5);
    expect(dropped).toHaveLength(1);
    expect(dropped[0]).toMatch(message);
  });

  it.each(['fbclid=IwAR0', 'utm_source=mail&utm_medium=b', 'gclid=1', 'ref=hn', '=&&=3', '&'])(
    'CASES 30: %s is of others, and nothing is said of it',
    (tail) => {
      expect(fromQuery(tail).dropped).toEqual([]);
      expect(fromQuery(`v=1&preset=quick&seed=5&${tail}`)).toMatchObject({
        settings: { seed: 5 },
        dropped: [],
      });
    },
  );

  it('CASES 30: no setting has a name that is taken for that of others', () => {
    for (const key of SETTING_KEYS) expect(fromQuery(`${key}x=1`).dropped).toHaveLength(1);
  });

  it('CASES 30: thousands of unknown keys and long ones are told in a few sentences, at once', () => {
    const many = Array.from({ length: 2000 }, (_, i) => `key${i}=${i}`).join('&');
    const long = 'x'.repeat(100_000);
    for (const query of [many, `v=${long}&preset=${long}&${long}=${long}&seed=${long}`]) {
      const { dropped } = fromQuery(query);
      expect(dropped.length).toBeLessThan(7);
      expect(dropped.join(' ').length).toBeLessThan(1500);
    }
    expect(fromQuery(many).dropped.at(-1)).toBe('Of 1995 more parts of the link nothing was used.');
  });

  it('CASES 30: a preset in other letters is led to the right one', () => {
    expect(fromQuery('Preset=quick').dropped.join()).toMatch(/"Preset".*The nearest known one is preset\./);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => {
        expect(Object.keys(fromQuery(query).settings)).toEqual(SETTING_KEYS);
      }),
    );
  });
});
