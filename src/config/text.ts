// Settings as text, read back as they stand in an address, on a command line and in a form.

import type { SettingInfo, SettingKey, Settings } from './settings.ts';
import { badValue, requireSetting, validateValue } from './validate.ts';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const BOOLS = new Map(
  Object.entries({ true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false }),
);

function parseNumber(text: string): number {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** Says how a number is written whose only fault is a decimal comma; of several commas no number can be guessed. */
function pointHint(text: string): string {
  const withPoint = text.trim().replace(',', '.');
  return Number.isNaN(parseNumber(withPoint)) ? '' : `; write ${withPoint}, with a point`;
}

/** A choice of a table row by its text; the text itself where none fits (validation then names it). */
function parseChoice(choices: readonly (string | number)[], text: string): string | number {
  const trimmed = text.trim();
  return choices.find((choice) => String(choice) === trimmed) ?? trimmed;
}

function parseMix(row: SettingInfo, text: string): { [label: string]: number } {
  const weights: { [label: string]: number } = Object.create(null);
  for (const part of text.split(',')) {
    const pieces = part.split(':');
    const label = pieces[0]!.trim();
    if (pieces.length !== 2) throw badValue(row, text, '; write it as safety:3,normal:1');
    if (label in weights) throw badValue(row, text, `; ${label} stands in it twice`);
    weights[label] = parseNumber(pieces[1]!);
  }
  return weights;
}

function parseRaw(row: SettingInfo, text: string): unknown {
  switch (row.type) {
    case 'int':
    case 'float':
      return parseNumber(text);
    case 'bool':
      return BOOLS.get(text.trim().toLowerCase());
    case 'enum':
      return parseChoice(row.choices, text);
    case 'list':
      return text.split(',').map((word) => parseChoice(row.choices, word));
    case 'mix':
      return parseMix(row, text);
  }
}

/** The value that a text stands for, checked. @throws SettingError */
export function parseSettingText<K extends SettingKey>(key: K, text: string): Settings[K] {
  const row = requireSetting(key, text);
  const raw = parseRaw(row, text);
  const unread = raw === undefined || (typeof raw === 'number' && Number.isNaN(raw));
  if (unread) throw badValue(row, text, row.type === 'float' ? pointHint(text) : '');
  return validateValue(key, raw);
}
