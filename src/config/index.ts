// The settings of the project: one table, and its types, checks, presets, address, flags and docs.

export { settingsMarkdown } from './docs.ts';
export { SettingError } from './errors.ts';
export { flagName, flagsHelp, type OwnFlag, type ParsedFlags, parseFlags, toFlags } from './flags.ts';
export { formatSetting, formatValue } from './format.ts';
export { nearest } from './nearest.ts';
export { type ResolvedPreset, resolvePreset } from './presets.ts';
export {
  DEFAULTS,
  findSetting,
  type GroupInfo,
  type GroupKey,
  isSettingKey,
  SETTING_GROUPS,
  SETTING_KEYS,
  SETTINGS,
  type SettingInfo,
  type SettingKey,
  type Settings,
  type SettingsInput,
  TABLE,
} from './settings.ts';
export type {
  BoolSpec,
  EnumSpec,
  FloatSpec,
  IntSpec,
  ListSpec,
  MixSpec,
  Spec,
} from './spec.ts';
export { type ReadSettings, readSettings, settingsOf } from './stored.ts';
export type { FailureHint, FailureSign, Preset, PresetKind } from './table/preset.ts';
export { PRESETS } from './table/presets.ts';
export { parseSettingText } from './text.ts';
export { changedKeys, fromQuery, hasSettings, type QueryResult, toQuery, URL_VERSION } from './url.ts';
export { rangeText, validateSettings, validateValue } from './validate.ts';
export { CODE } from './version.ts';
