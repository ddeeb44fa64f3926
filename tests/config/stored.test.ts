// Settings of runs that other versions stored.

import { describe, expect, test } from 'vitest';
import {
  DEFAULTS,
  readSettings,
  SettingError,
  settingsOf,
  validateSettings,
} from '../../src/config/index.ts';

/** As an older version would have stored it: before some settings came, and with one that is gone. */
const OLDER = { ...DEFAULTS, seed: 7, group_size: 4, reward_shaping: 'none' } as { [key: string]: unknown };
for (const later of ['w_visual', 'overlong_penalty', 'stage1_mix']) delete OLDER[later];

describe('the settings of an older record', () => {
  test('are whole: what came later has its default, what is gone is named', () => {
    const { settings, unknown, refused } = readSettings({ settings: OLDER });
    expect(settings).toEqual(validateSettings({ seed: 7, group_size: 4 }));
    expect(unknown).toEqual(['reward_shaping']);
    expect(refused).toEqual([]);
    expect(settingsOf({ settings: OLDER })).toEqual(settings);
  });

  test('with a value that is not accepted can be shown, but not computed with', () => {
    const record = { settings: { ...OLDER, group_size: 'many', stages: ['sft', 'stage9'] } };
    const { settings, refused } = readSettings(record);
    expect(settings).toMatchObject({ seed: 7, group_size: DEFAULTS.group_size, stages: DEFAULTS.stages });
    expect(refused.map(({ details }) => details.setting).sort()).toEqual(['group_size', 'stages']);
    expect(() => settingsOf(record)).toThrow(SettingError);
  });

  test('of before there was an interval measured the exact drift in every iteration', () => {
    const { exact_drift_every: _, ...older } = DEFAULTS;
    expect(DEFAULTS.exact_drift_every).toBeGreaterThan(1);
    expect(settingsOf({ settings: older }).exact_drift_every).toBe(1);
    expect(settingsOf({ settings: DEFAULTS }).exact_drift_every).toBe(DEFAULTS.exact_drift_every);
  });

  test('of this version come back as they are', () => {
    const settings = validateSettings({ seed: 3, sft_mix: { safety: 1 } });
    expect(readSettings({ settings })).toEqual({ settings, unknown: [], refused: [] });
  });
});
