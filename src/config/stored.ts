// The settings of a stored run, whichever version stored them.

import { SettingError } from './errors.ts';
import { DEFAULTS, isSettingKey, SETTING_KEYS, type Settings } from './settings.ts';
import { validateValue } from './validate.ts';

/** A run record, or anything else that holds settings as JSON. */
type Stored = { readonly settings: { readonly [key: string]: unknown } };

export type ReadSettings = {
  /** Whole: what came later than the record has its default. */
  settings: Settings;
  /** Stored, but not known to this version, and left out. */
  unknown: readonly string[];
  /** Stored values that this version does not accept: the default stands in their place. */
  refused: readonly SettingError[];
};

/** Never throws: for showing a run, and for saying what of its settings could not be read. */
export function readSettings({ settings: stored }: Stored): ReadSettings {
  const refused: SettingError[] = [];
  const read = SETTING_KEYS.map((key) => {
    if (stored[key] === undefined) return [key, DEFAULTS[key]];
    try {
      return [key, validateValue(key, stored[key])];
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      refused.push(error);
      return [key, DEFAULTS[key]];
    }
  });
  return {
    settings: Object.fromEntries(read) as Settings,
    unknown: Object.keys(stored).filter((key) => !isSettingKey(key)),
    refused,
  };
}

/** For computing with a run's settings. @throws SettingError for a value that is not accepted, for its run would be another one. */
export function settingsOf(record: Stored): Settings {
  const { settings, refused } = readSettings(record);
  if (refused.length > 0) throw refused[0];
  return settings;
}
