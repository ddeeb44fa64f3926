// The table itself, its validation and its text forms.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  DEFAULTS,
  flagName,
  formatSetting,
  parseSettingText,
  SETTING_GROUPS,
  SETTING_KEYS,
  SETTINGS,
  SettingError,
  type SettingKey,
  type Settings,
  settingsMarkdown,
  validateSettings,
  validateValue,
} from '../../src/config/index.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { anySettings, anyValue } from './arbitrary.ts';

function errorOf(action: () => unknown): SettingError {
  try {
    action();
  } catch (error) {
    if (error instanceof SettingError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

describe('table', () => {
  it('has unique keys, each in one group', () => {
    expect(new Set(SETTING_KEYS).size).toBe(SETTING_KEYS.length);
    expect(SETTING_GROUPS.reduce((sum, group) => sum + group.settings.length, 0)).toBe(SETTING_KEYS.length);
    expect(Object.keys(DEFAULTS)).toEqual(SETTING_KEYS);
  });

  it.each(SETTINGS.map((row) => [row.key, row] as const))(
    '%s: two sentences, a source, a valid default',
    (key, row) => {
      expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(row.help.match(/[.](?= [A-Z0-9`]|$)/g)).toHaveLength(2);
      expect(row.help.endsWith('.')).toBe(true);
      expect(row.source).not.toBe('');
      expect(validateValue(key, row.default)).toEqual(row.default);
    },
  );

  it('has exact value types', () => {
    expectTypeOf<Settings['image_size_px']>().toEqualTypeOf<24 | 32 | 48>();
    expectTypeOf<Settings['grid_sizes']>().toEqualTypeOf<readonly (2 | 3 | 4)[]>();
    expectTypeOf<Settings['recipe']>().toEqualTypeOf<'safework' | 'gated'>();
    expectTypeOf<Settings['evaluate']>().toEqualTypeOf<boolean>();
    expectTypeOf<Settings['sft_mix']['safety']>().toEqualTypeOf<number>();
    expectTypeOf<Settings['seed']>().toEqualTypeOf<number>();
  });

  it('is what docs/SETTINGS.md says (npm run docs)', () => {
    expect(readFileSync('docs/SETTINGS.md', 'utf8')).toBe(settingsMarkdown());
  });
});

describe('validation', () => {
  it('fills what is absent from the defaults, and mixes with zeroes', () => {
    const settings = validateSettings({ seed: 3, sft_mix: { safety: 2 }, epsilon: undefined });
    expect(settings).toEqual({
      ...DEFAULTS,
      seed: 3,
      sft_mix: { ...Object.fromEntries(LABELS.map((label) => [label, 0])), safety: 2 },
    });
  });

  it('names setting, value, range and default', () => {
    const error = errorOf(() => validateSettings({ sft_steps: 1e9 }));
    expect(error).toMatchObject({ code: 'bad-setting', details: { setting: 'sft_steps' } });
    expect(error.text).toBe(
      'sft_steps is 1000000000, but it must be a whole number from 0 to 100000. Give a value in that range; the default is 1500.',
    );
  });

  it('names the nearest key for an unknown one', () => {
    const error = errorOf(() => validateSettings({ sft_step: 3 }));
    expect(error.details).toEqual({ setting: 'sft_step' });
    expect(error.message).toContain('given as 3');
    expect(error.hint).toContain('sft_steps');
  });

  it.each([
    ['seed', Number.NaN],
    ['seed', 1.5],
    ['seed', Number.POSITIVE_INFINITY],
    ['seed', '7'],
    ['epsilon', Number.NaN],
    ['epsilon', Number.NEGATIVE_INFINITY],
    ['epsilon', -0.001],
    ['epsilon', 1n],
    ['sft_learning_rate', 0],
    ['beta1', 1],
    ['evaluate', 1],
    ['loss_type', 'gpro'],
    ['loss_type', ['grpo']],
    ['image_size_px', 33],
    ['stages', []],
    ['stages', 'sft'],
    ['stages', ['sft', 'stage3']],
    ['grid_sizes', [2, 2]],
    ['sft_mix', {}],
    ['sft_mix', { safety: 0 }],
    ['sft_mix', { safety: -1, normal: 2 }],
    ['sft_mix', { safety: Number.NaN }],
    ['sft_mix', { safety: Number.POSITIVE_INFINITY }],
    ['sft_mix', { safty: 1 }],
    ['sft_mix', JSON.parse('{"__proto__": 1}')],
    ['sft_mix', ['safety']],
    ['sft_mix', null],
  ] as const)('refuses %s = %o', (key, value) => {
    const error = errorOf(() => validateSettings({ [key]: value }));
    expect(error.details.setting).toBe(key);
    expect(error.message).toContain(`${key} is `);
    expect(error.hint).not.toBe('');
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('refuses the key %o', (key) => {
    const input = JSON.parse(`{${JSON.stringify(key)}: 1}`);
    expect(errorOf(() => validateSettings(input)).details.setting).toBe(key);
  });

  it('gives back every valid configuration unchanged, through JSON too', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        expect(validateSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
      }),
    );
  });

  it('throws nothing but setting errors, whatever it is given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTING_KEYS), fc.anything(), (key, value) => {
        try {
          validateSettings({ [key]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(SettingError);
        }
      }),
    );
  });
});

describe('text', () => {
  it('reads back what it writes', () => {
    const anyPair = fc
      .constantFrom(...SETTINGS)
      .chain((row) => fc.tuple(fc.constant(row.key), anyValue(row)));
    fc.assert(
      fc.property(anyPair, ([key, raw]) => {
        const value = validateValue(key, raw);
        expect(parseSettingText(key, formatSetting(key, value))).toEqual(value);
      }),
    );
  });

  it('reads forms that people write', () => {
    expect(parseSettingText('sft_learning_rate', ' 1e-3 ')).toBe(0.001);
    expect(parseSettingText('evaluate', 'Off')).toBe(false);
    expect(parseSettingText('grid_sizes', '2, 4')).toEqual([2, 4]);
    expect(parseSettingText('sft_mix', 'safety:3, normal:1').safety).toBe(3);
  });

  it.each([
    ['seed', ''],
    ['seed', '0x10'],
    ['seed', 'Infinity'],
    ['epsilon', 'NaN'],
    ['evaluate', 'constructor'],
    ['evaluate', ''],
    ['grid_sizes', '2,,3'],
    ['sft_mix', 'safety'],
    ['sft_mix', 'safety:1,safety:2'],
    ['sft_mix', '__proto__:1'],
    ['sft_mix', 'safety:'],
  ] as const)('refuses %s from %o and names the setting', (key, text) => {
    expect(errorOf(() => parseSettingText(key, text))).toMatchObject({
      message: expect.stringContaining(`${key} is `),
      details: { setting: key },
    });
  });

  it('tells of the point where a decimal comma is the only fault', () => {
    const said = (key: SettingKey, text: string) => errorOf(() => parseSettingText(key, text)).message;
    expect(said('sft_learning_rate', ' 0,0005')).toMatch(/at most [\d.]+; write 0\.0005, with a point\.$/);
    for (const text of ['5e-1,5', '1,000,000', 'a,5', '0.5,'])
      expect(said('sft_learning_rate', text)).not.toContain('point');
    // A whole number has none.
    expect(said('sft_steps', '4,5')).not.toContain('point');
  });

  it('writes flags with dashes', () => {
    expect(flagName('sft_learning_rate')).toBe('--sft-learning-rate');
  });
});
