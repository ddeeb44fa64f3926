// A planned run: what it is trained with and begins from, whether a stored one is it, and which may begin now.

import {
  changedKeys,
  DEFAULTS,
  formatSetting,
  parseSettingText,
  SettingError,
  type SettingKey,
  type Settings,
  validateSettings,
  WITHOUT_EFFECT,
  writtenKeys,
} from '../config/index.ts';

/** One training run of the plan. */
export type PlannedRun = {
  /** Unique, and the name of its folder, e.g. `grpo-fast-s11`. */
  id: string;
  /** Of the cell or foundation. */
  name: string;
  seed: number;
  kind: 'foundation' | 'cell';
  settings: Settings;
  /** The run that has to be done before, or null for the base of the plan; and the stage of it after which this one begins. */
  from: { id: string | null; stage: string } | null;
};

/** What decides the result of a run, as text by setting: all that differs from the defaults. */
export function changesOf(settings: Settings): { [setting: string]: string } {
  const keys = writtenKeys(settings, DEFAULTS).filter((key) => !WITHOUT_EFFECT.includes(key));
  return Object.fromEntries(keys.map((key) => [key, formatSetting(key, settings[key])]));
}

/** The settings that `changesOf` tells. @throws SettingError where they are of another version. */
export function settingsOfChanges(changes: { readonly [setting: string]: string }): Settings {
  const entries = Object.entries(changes).map(([key, text]) => [
    key,
    parseSettingText(key as SettingKey, text),
  ]);
  return validateSettings(Object.fromEntries(entries));
}

/** What cells without a clip differ in from those of before 0.3.0, which had a range of 10: those stand, with a note above them. */
export const CORRECTED_SETTINGS: readonly SettingKey[] = ['clip', 'epsilon', 'epsilon_high'];

/**
 * The first setting that decides in which a run differs from the planned one, or why it cannot be read, in words; else null.
 * @param free settings that may differ.
 */
export function otherSetting(
  read: () => Settings,
  planned: Settings,
  free: readonly SettingKey[] = [],
): string | null {
  let there: Settings;
  try {
    there = read();
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  const key = changedKeys(there, planned).find((name) => ![...WITHOUT_EFFECT, ...free].includes(name));
  return key
    ? `${key} is ${formatSetting(key, there[key])} there and ${formatSetting(key, planned[key])} in the plan`
    : null;
}

export function runId(name: string, seed: number): string {
  return `${name}-s${seed}`;
}

/** The runs that may begin now: not begun, and what they begin from is done. */
export function readyRuns(
  runs: readonly PlannedRun[],
  begun: ReadonlySet<string>,
  done: ReadonlySet<string>,
): PlannedRun[] {
  return runs.filter(({ id, from }) => !begun.has(id) && (!from || from.id === null || done.has(from.id)));
}
