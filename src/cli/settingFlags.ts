// The settings as flags: `--preset quick+grpo`, `--sft-steps 100`, `--no-evaluate`; and the list of them all.

import {
  flagName,
  formatValue,
  PRESETS,
  parseSettingText,
  rangeText,
  resolvePreset,
  SETTING_GROUPS,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  type Settings,
  validateSettings,
} from '../config/index.ts';
import { type Flag, textFlag, type Values } from './flag.ts';
import { helpEntry, wrapped } from './help.ts';

export type SettingFlags = { preset: Flag<string> } & {
  [key in SettingKey]: Flag<Settings[key] | undefined>;
};

/** A flag per setting, and `--preset`, from which they start. `npm run train -- --list` lists them. */
export function settingFlags(preset: string): SettingFlags {
  const rows = SETTINGS.map((row) => {
    const isSwitch = row.type === 'bool';
    const flag: Flag<unknown> = {
      help: row.help,
      absent: undefined,
      read: (text) => parseSettingText(row.key, text),
      ...(isSwitch ? { negatable: true } : { value: row.type }),
      unlisted: true,
    };
    return [row.key, flag];
  });
  const help =
    'What the settings start from. Every setting is a flag too (--sft-steps 100, --no-evaluate): npm run train -- --list prints them and the presets.';
  return { preset: textFlag('NAME[+NAME...]', help, preset), ...Object.fromEntries(rows) };
}

/** Settings start from the preset, wherever its flag stands. @throws SettingError for an unknown preset */
export function chosenSettings(values: Values<SettingFlags>): { settings: Settings; preset: string } {
  const base = resolvePreset(values.preset);
  return { settings: chosenOver(values, base.settings), preset: base.name };
}

/** The flags over some settings. @throws SettingError */
export function chosenOver(values: Values<SettingFlags>, base: Settings): Settings {
  const given = SETTING_KEYS.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]);
  return validateSettings(Object.fromEntries(given), base);
}

/** Presets, and every setting with its sentence, range and default. */
export function settingsList(): string {
  const presets = PRESETS.map(({ name, kind, sentence }) => helpEntry(name, `${kind}: ${sentence}`));
  const groups = SETTING_GROUPS.flatMap(({ title, about, settings }) => [
    '',
    wrapped(`${title}: ${about}`),
    ...settings.map((row) => {
      const unit = row.unit === undefined ? '' : ` (${row.unit})`;
      const value = `Accepts ${rangeText(row)}; default ${formatValue(row, row.default)}.`;
      return helpEntry(`${flagName(row.key)} ${row.type}${unit}`, `${row.help} ${value}`);
    }),
  ]);
  return ['Presets (layers combine with +, later ones over earlier ones):', ...presets, ...groups].join('\n');
}
