// The settings of the project: one table, and its types, checks, presets, address, flags and docs.

export { settingsMarkdown } from './docs.ts';
export { SettingError } from './errors.ts';
export { flagName, toFlags } from './flags.ts';
export {
  firstReader,
  forkIndex,
  nothingLeft,
  sameEvaluation,
  seedIsFree,
  settingsReadBy,
  settingsReadUpTo,
} from './fork.ts';
export { formatSetting, formatValue } from './format.ts';
export { OWN_KEYS } from './lossOwn.ts';
export { nearest } from './nearest.ts';
export { resolvePreset } from './presets.ts';
export {
  DEFAULTS,
  findSetting,
  type GroupInfo,
  isSettingKey,
  SETTING_GROUPS,
  SETTING_KEYS,
  SETTINGS,
  type SettingInfo,
  type SettingKey,
  type Settings,
  type SettingsInput,
  TABLE,
  WITHOUT_EFFECT,
} from './settings.ts';
export { readSettings, settingsOf, trainedSettings } from './stored.ts';
export type { FailureHint, FailureSign, Preset, PresetKind } from './table/preset.ts';
export { PRESETS } from './table/presets.ts';
export { parseSettingText } from './text.ts';
export { requireTogether } from './together.ts';
export { changedKeys, fromQuery, hasSettings, toQuery, writtenKeys } from './url.ts';
export { rangeText, unknownSetting, validateSettings, validateValue } from './validate.ts';
export { CODE } from './version.ts';
