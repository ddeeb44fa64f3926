// Settings as command-line flags: `--sft-steps 100`, `--no-evaluate`, `--preset quick+grpo`; and their help text.

import { SettingError } from './errors.ts';
import { formatSetting, formatValue } from './format.ts';
import { nearest } from './nearest.ts';
import { resolvePreset } from './presets.ts';
import {
  findSetting,
  SETTING_GROUPS,
  SETTING_KEYS,
  type SettingInfo,
  type SettingKey,
  type Settings,
} from './settings.ts';
import { PRESETS } from './table/presets.ts';
import { parseSettingText } from './text.ts';
import { changedKeys } from './url.ts';
import { rangeText } from './validate.ts';

/** A flag that belongs to a command and is no setting. `value` names its value in the help; absent for a switch. */
export type OwnFlag = { name: string; value?: string; help: string };

export type ParsedFlags = {
  settings: Settings;
  preset: string;
  /** Own flags that were given: their text, or `true` for a switch. Without the dashes. */
  own: { readonly [name: string]: string | true };
  positional: readonly string[];
};

/** `--sft-steps` for `sft_steps`. */
export function flagName(key: SettingKey): string {
  return `--${key.replaceAll('_', '-')}`;
}

function keyOfFlag(name: string): SettingInfo | undefined {
  return findSetting(name.replaceAll('-', '_'));
}

function unknownFlag(name: string, own: readonly OwnFlag[]): SettingError {
  const known = [...SETTING_KEYS.map(flagName), '--preset', ...own.map((flag) => `--${flag.name}`)];
  const hint = `The nearest known one is ${nearest(`--${name}`, known)}; --help lists all.`;
  return new SettingError(name, `There is no flag --${name}.`, hint);
}

/** Reads words one by one; values may follow after `=` or as the next word. */
class FlagReader {
  private at = 0;
  constructor(private readonly words: readonly string[]) {}

  next(): string | undefined {
    return this.words[this.at++];
  }

  peek(): string | undefined {
    return this.words[this.at];
  }

  value(name: string, inline: string | undefined): string {
    const text = inline ?? this.next();
    if (text === undefined) {
      const setting = name.replaceAll('-', '_');
      throw new SettingError(setting, `The flag --${name} has no value.`, `Write it as --${name} VALUE.`);
    }
    return text;
  }
}

/** Text of a bool flag: `--evaluate`, `--evaluate false`, `--evaluate=no`. */
function boolText(reader: FlagReader, inline: string | undefined): string {
  if (inline !== undefined) return inline;
  const following = reader.peek();
  return following === 'true' || following === 'false' ? reader.next()! : 'true';
}

/**
 * Reads the words after the command's name. Settings start from `--preset`, wherever it stands; the last of several wins.
 * @param own the command's further flags. @throws SettingError for an unknown flag, a missing or a bad value.
 */
export function parseFlags(words: readonly string[], own: readonly OwnFlag[] = []): ParsedFlags {
  const reader = new FlagReader(words);
  const given: { [key: string]: unknown } = {};
  const ownGiven: { [name: string]: string | true } = {};
  const positional: string[] = [];
  let preset = '';
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    if (!word.startsWith('-') || word === '-') {
      positional.push(word);
      continue;
    }
    if (!word.startsWith('--')) throw unknownFlag(word.slice(1), own);
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    const ownFlag = own.find((flag) => flag.name === name);
    const row = keyOfFlag(name);
    const negated = name.startsWith('no-') && inline === undefined ? keyOfFlag(name.slice(3)) : undefined;
    if (ownFlag) ownGiven[name] = ownFlag.value === undefined ? true : reader.value(name, inline);
    else if (name === 'preset') preset = reader.value(name, inline);
    else if (row?.type === 'bool') given[row.key] = parseSettingText(row.key, boolText(reader, inline));
    else if (row) given[row.key] = parseSettingText(row.key, reader.value(name, inline));
    else if (negated?.type === 'bool') given[negated.key] = false;
    else throw unknownFlag(name, own);
  }
  const base = resolvePreset(preset);
  const settings = { ...base.settings, ...given } as Settings;
  return { settings, preset: base.name, own: ownGiven, positional };
}

/** The flags that give these settings: `['--preset', 'quick', '--sft-steps', '100']`. */
export function toFlags(settings: Settings, preset = ''): string[] {
  const base = resolvePreset(preset);
  const flags = base.name === '' ? [] : ['--preset', base.name];
  for (const key of changedKeys(settings, base.settings)) {
    flags.push(flagName(key), formatSetting(key, settings[key]));
  }
  return flags;
}

function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(indent + line);
  return lines.join('\n');
}

/** The help text of all flags, for a terminal of `width` columns. */
export function flagsHelp(own: readonly OwnFlag[] = [], width = 100): string {
  const out: string[] = [];
  const entry = (head: string, text: string) => out.push(`  ${head}`, wrap(text, '      ', width));
  for (const flag of own)
    entry(`--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`, flag.help);
  entry(
    '--preset NAME[+NAME...]',
    `Starting point; one or several of: ${PRESETS.map((p) => p.name).join(', ')}.`,
  );
  for (const group of SETTING_GROUPS) {
    out.push('', wrap(`${group.title}: ${group.about}`, '', width));
    for (const row of group.settings) {
      const unit = row.unit === undefined ? '' : ` (${row.unit})`;
      entry(
        `${flagName(row.key)} ${row.type}${unit}`,
        `${row.help} Accepts ${rangeText(row)}; default ${formatValue(row, row.default)}.`,
      );
    }
  }
  return out.join('\n');
}
