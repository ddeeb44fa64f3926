// The settings of a stored run, whichever version stored them.

import { LOSS_KEYS } from '../losses/index.ts';
import { SettingError } from './errors.ts';
import { ownSettings } from './lossOwn.ts';
import { DEFAULTS, isSettingKey, SETTING_KEYS, type Settings } from './settings.ts';
import { validateValue } from './validate.ts';

/** A run record, or anything else that holds settings as JSON. */
type Stored = { readonly settings: { readonly [key: string]: unknown } };

/**
 * Stored settings as their run was trained. Before there was `exact_drift_every`, every iteration measured the drift. Before 0.3.0, told
 * by the missing setting `clip`, clips of 0.2 and 0.2 stood for those of the loss, CISPO had no lower bound beside a cap above 1, and
 * Dr. GRPO never divided.
 */
export function trainedSettings(record: Stored['settings']): Stored['settings'] {
  const stored: Stored['settings'] = { exact_drift_every: 1, ...record };
  const { loss_type, epsilon = 0.2, epsilon_high = 0.2 } = stored;
  const loss = LOSS_KEYS.find((key) => key === loss_type);
  if (stored.clip !== undefined || !loss) return stored;
  const own = ownSettings(loss);
  const unset = epsilon === 0.2 && epsilon_high === 0.2;
  const capped = loss === 'cispo' && Number(epsilon_high) > 1;
  return {
    ...stored,
    ...(unset && { epsilon: own.epsilon, epsilon_high: own.epsilon_high }),
    ...(capped && { epsilon: own.epsilon }),
    ...(own.scale_rewards === 'none' && { scale_rewards: 'none' }),
  };
}

export type ReadSettings = {
  /** Whole: what came later than the record has its default. */
  settings: Settings;
  /** Stored, but not known to this version, and left out. */
  unknown: readonly string[];
  /** Stored values that this version does not accept: the default stands in their place. */
  refused: readonly SettingError[];
};

/** Never throws: for showing a run, and for saying what of its settings could not be read. */
export function readSettings(record: Stored): ReadSettings {
  const stored = trainedSettings(record.settings);
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
