// Checks values against the table: types, ranges, choices, NaN and infinities; errors name the setting and the way on.

import { LABELS } from '../terms/labels.ts';
import { SettingError, showValue } from './errors.ts';
import { formatValue } from './format.ts';
import { withLoss } from './lossOwn.ts';
import { nearest } from './nearest.ts';
import {
  DEFAULTS,
  findSetting,
  SETTING_KEYS,
  type SettingInfo,
  type SettingKey,
  type Settings,
} from './settings.ts';
import { type FloatSpec, fillMix, type ListSpec, MAX_MIX_WEIGHT, type MixSpec, type Spec } from './spec.ts';

/** What a setting accepts, in words, e.g. `a number above 0 and at most 0.1`. */
export function rangeText(spec: Spec): string {
  switch (spec.type) {
    case 'int':
      return `a whole number from ${spec.min} to ${spec.max}`;
    case 'float':
      return `a number ${floatRange(spec)}`;
    case 'bool':
      return 'true or false';
    case 'enum':
      return `one of ${spec.choices.join(', ')}`;
    case 'list':
      return `a list of ${spec.repeats ? `1 to ${spec.maxLength}` : 'different'} entries out of ${spec.choices.join(', ')}`;
    case 'mix':
      return `weights from 0 to ${MAX_MIX_WEIGHT}, at least one above 0, of the labels ${LABELS.join(', ')}`;
  }
}

function floatRange(spec: FloatSpec): string {
  if (!spec.aboveMin && !spec.belowMax) return `from ${spec.min} to ${spec.max}`;
  const low = spec.aboveMin ? `above ${spec.min}` : `at least ${spec.min}`;
  const high = spec.belowMax ? `below ${spec.max}` : `at most ${spec.max}`;
  return `${low} and ${high}`;
}

/** The error of a value that its setting does not accept. */
export function badValue(row: SettingInfo, value: unknown, detail = ''): SettingError {
  const message = `${row.key} is ${showValue(value)}, but it must be ${rangeText(row)}${detail}.`;
  const hint = `Give a value in that range; the default is ${formatValue(row, row.default)}.`;
  return new SettingError(row.key, message, hint);
}

/** The error of a key that the table does not hold; `known`: the names that are understood where it stood. */
export function unknownSetting(
  key: string,
  value: unknown,
  known: readonly string[] = SETTING_KEYS,
): SettingError {
  const message = `There is no setting ${showValue(key)} (given as ${showValue(value)}).`;
  return new SettingError(key, message, `The nearest known one is ${nearest(key, known)}.`);
}

/** The row of a key. @throws SettingError that names the nearest known key. */
export function requireSetting(key: string, value: unknown): SettingInfo {
  const row = findSetting(key);
  if (!row) throw unknownSetting(key, value);
  return row;
}

function inFloatRange(spec: FloatSpec, value: number): boolean {
  if (spec.aboveMin ? value <= spec.min : value < spec.min) return false;
  return spec.belowMax ? value < spec.max : value <= spec.max;
}

function checkList(row: SettingInfo & ListSpec, value: unknown): readonly (string | number)[] {
  if (!Array.isArray(value)) throw badValue(row, value);
  if (value.length === 0 || value.length > row.maxLength) {
    throw badValue(row, value, `; it has ${value.length} entries`);
  }
  for (const word of value) {
    if (!row.choices.includes(word)) throw badValue(row, value, `; ${showValue(word)} is not one of them`);
  }
  if (!row.repeats && new Set(value).size < value.length)
    throw badValue(row, value, '; one stands in it twice');
  return [...value];
}

function checkMix(row: SettingInfo & MixSpec, value: unknown): { readonly [label: string]: number } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badValue(row, value);
  const weights: { [label: string]: number } = {};
  for (const [label, weight] of Object.entries(value)) {
    if (!LABELS.some((known) => known === label)) {
      const guess = nearest(label, LABELS);
      throw badValue(row, value, `; ${showValue(label)} is no label (the nearest is ${guess})`);
    }
    if (weight === undefined) continue;
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= MAX_MIX_WEIGHT)) {
      throw badValue(row, value, `; the weight of ${label} is ${showValue(weight)}`);
    }
    weights[label] = weight + 0;
  }
  if (!Object.values(weights).some((weight) => weight > 0))
    throw badValue(row, value, '; no weight is above 0');
  return fillMix(weights);
}

function checkRow(row: SettingInfo, value: unknown): unknown {
  switch (row.type) {
    case 'int':
      if (typeof value !== 'number' || !Number.isInteger(value) || value < row.min || value > row.max) {
        throw badValue(row, value);
      }
      return value + 0; // -0 becomes 0
    case 'float':
      if (typeof value !== 'number' || !Number.isFinite(value) || !inFloatRange(row, value)) {
        throw badValue(row, value);
      }
      return value + 0;
    case 'bool':
      if (typeof value !== 'boolean') throw badValue(row, value);
      return value;
    case 'enum':
      if (!row.choices.some((choice) => choice === value)) {
        const guess = typeof value === 'string' ? nearest(value, row.choices.map(String)) : undefined;
        throw badValue(row, value, guess === undefined ? '' : ` (the nearest is ${guess})`);
      }
      return value;
    case 'list':
      return checkList(row, value);
    case 'mix':
      return checkMix(row, value);
  }
}

/** One checked value (lists and mixes are copied; mixes get every label). @throws SettingError */
export function validateValue<K extends SettingKey>(key: K, value: unknown): Settings[K] {
  return checkRow(requireSetting(key, value), value) as Settings[K];
}

/**
 * A whole configuration from some settings; those that are absent (or undefined) come from `base`, or from a loss that `base` has not.
 * @throws SettingError on an unknown key or a value outside its range; it names setting, value and range.
 */
export function validateSettings(
  input: { readonly [key: string]: unknown },
  base: Settings = DEFAULTS,
): Settings {
  // Programs and files give anything.
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new SettingError(
      'settings',
      `Settings are a table of names and values, not ${showValue(input)}.`,
      'Give an object.',
    );
  const loss = input.loss_type === undefined ? base.loss_type : validateValue('loss_type', input.loss_type);
  const result: { [key: string]: unknown } = { ...withLoss(base, loss) };
  for (const [key, value] of Object.entries(input)) {
    const row = requireSetting(key, value);
    if (value !== undefined) result[key] = checkRow(row, value);
  }
  return result as Settings;
}
