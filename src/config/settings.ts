// The one table of every setting, and what follows from it: the type `Settings`, the defaults, the list of rows.

import type { InputOf, Spec, ValueOf } from './spec.ts';
import { lossGroup } from './table/loss.ts';
import { guardGroup, replayGroup, rewardGroup } from './table/reward.ts';
import { rlGroup } from './table/rl.ts';
import { engineGroup, modelGroup, runGroup, worldGroup } from './table/run.ts';
import { headsGroup, sftGroup } from './table/sft.ts';

const GROUPS = {
  run: runGroup,
  engine: engineGroup,
  world: worldGroup,
  model: modelGroup,
  sft: sftGroup,
  heads: headsGroup,
  rl: rlGroup,
  loss: lossGroup,
  reward: rewardGroup,
  replay: replayGroup,
  guard: guardGroup,
} as const;

export type GroupKey = keyof typeof GROUPS;

/** Every row by its key. */
export const TABLE = {
  ...runGroup.settings,
  ...engineGroup.settings,
  ...worldGroup.settings,
  ...modelGroup.settings,
  ...sftGroup.settings,
  ...headsGroup.settings,
  ...rlGroup.settings,
  ...lossGroup.settings,
  ...rewardGroup.settings,
  ...replayGroup.settings,
  ...guardGroup.settings,
} as const;

export type SettingKey = keyof typeof TABLE;

/** A whole, checked configuration: plain data, safe for JSON and structured clone. */
export type Settings = { readonly [key in SettingKey]: ValueOf<(typeof TABLE)[key]> };

/** Some settings, before they are checked. */
export type SettingsInput = { readonly [key in SettingKey]?: InputOf<(typeof TABLE)[key]> };

/** Settings on which no weights and no scores depend. */
export const WITHOUT_EFFECT: readonly SettingKey[] = [
  'checkpoint_every',
  'wasm_threads',
  'exact_drift_every',
];

/** A row of the table with its key and group. */
export type SettingInfo = Spec & { key: SettingKey; group: GroupKey };

export type GroupInfo = {
  key: GroupKey;
  title: string;
  about: string;
  settings: readonly SettingInfo[];
};

/** Groups and their rows, in the order in which a form shows them. */
export const SETTING_GROUPS: readonly GroupInfo[] = (Object.keys(GROUPS) as GroupKey[]).map((key) => ({
  key,
  title: GROUPS[key].title,
  about: GROUPS[key].about,
  settings: Object.entries<Spec>(GROUPS[key].settings).map(([name, spec]) => ({
    ...spec,
    key: name as SettingKey,
    group: key,
  })),
}));

/** Every row, in the order of the table. */
export const SETTINGS: readonly SettingInfo[] = SETTING_GROUPS.flatMap((entry) => entry.settings);

export const SETTING_KEYS: readonly SettingKey[] = SETTINGS.map((row) => row.key);

const byKey = new Map<string, SettingInfo>(SETTINGS.map((row) => [row.key, row]));

/** The row of a key, or undefined for an unknown one. */
export function findSetting(key: string): SettingInfo | undefined {
  return byKey.get(key);
}

export function isSettingKey(key: string): key is SettingKey {
  return byKey.has(key);
}

export const DEFAULTS: Settings = Object.freeze(
  Object.fromEntries(SETTINGS.map((row) => [row.key, row.default])),
) as Settings;
