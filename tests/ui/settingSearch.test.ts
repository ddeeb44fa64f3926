// The filter of the settings form.

import { describe, expect, it } from 'vitest';
import { SETTING_GROUPS, SETTINGS } from '../../src/config/index.ts';
import { findSettings } from '../../src/ui/state/form/settingSearch.ts';

const keysOf = (query: string) =>
  findSettings(SETTING_GROUPS, query).flatMap(({ infos }) => infos.map(({ key }) => key));

describe('findSettings', () => {
  it('finds by key in any spelling, by name, by help and by choice', () => {
    expect(keysOf('policy_drift_coef')).toEqual(['policy_drift_coef']);
    expect(keysOf('policy-drift coef')).toEqual(['policy_drift_coef']);
    expect(keysOf('ENTROPY bonus')).toContain('entropy_coef');
    expect(keysOf('memorise')).toEqual(['sft_examples']);
    expect(keysOf('internvl')).toEqual(['backbone']);
  });

  it('wants every word, finds each setting by its own label, and nothing for nothing', () => {
    expect(keysOf('seed')).toContain('seed');
    expect(keysOf('seed memorise')).toEqual([]);
    expect(keysOf('  ')).toEqual([]);
    for (const { key, label } of SETTINGS) expect(keysOf(label), key).toContain(key);
  });
});
