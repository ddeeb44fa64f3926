// Settings in the address of the page: the preset, what differs from it, the schema version, and nothing else.

import { SettingError, shortened } from './errors.ts';
import { formatSetting } from './format.ts';
import { withLoss } from './lossOwn.ts';
import { type ResolvedPreset, resolvePreset } from './presets.ts';
import { isSettingKey, SETTING_KEYS, type SettingKey, type Settings } from './settings.ts';
import { trainedSettings } from './stored.ts';
import { parseSettingText } from './text.ts';
import { unknownSetting, validateSettings } from './validate.ts';

/** Version of the keys and values; raised when a link of before would mean something else. */
export const URL_VERSION = 2;

/** Whether the query holds anything that is meant for the form: a version, a preset or a setting. */
export function hasSettings(query: string): boolean {
  return [...new URLSearchParams(query).keys()].some(
    (key) => key === 'v' || key === 'preset' || isSettingKey(key),
  );
}

/** Keys whose value in `settings` is not the one in `base`. */
export function changedKeys(settings: Settings, base: Settings): SettingKey[] {
  return SETTING_KEYS.filter((key) => formatSetting(key, settings[key]) !== formatSetting(key, base[key]));
}

/** Keys that have to be written for `base` and them to give `settings`: what differs, also from what the loss brings. */
export function writtenKeys(settings: Settings, base: Settings): SettingKey[] {
  const keys = [base, withLoss(base, settings.loss_type)].flatMap((each) => changedKeys(settings, each));
  return SETTING_KEYS.filter((key) => keys.includes(key));
}

/** Escapes a value for a query, and leaves the readable characters `:`, `,` and `+` as they are. */
function escapeValue(text: string, keepPlus: boolean): string {
  const escaped = encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2C', ',');
  return keepPlus ? escaped.replaceAll('%2B', '+') : escaped;
}

/**
 * The query of these settings, without `?`, e.g. `v=2&preset=quick+grpo&sft_steps=100`.
 * Only settings that differ from the preset are written. @throws SettingError for an unknown preset.
 */
export function toQuery(settings: Settings, preset = ''): string {
  const base = resolvePreset(preset);
  const parts = [`v=${URL_VERSION}`];
  if (base.name !== '') parts.push(`preset=${escapeValue(base.name, true)}`);
  for (const key of writtenKeys(settings, base.settings)) {
    parts.push(`${key}=${escapeValue(formatSetting(key, settings[key]), false)}`);
  }
  return parts.join('&');
}

export type QueryResult = {
  settings: Settings;
  /** Canonical preset name; empty for none. */
  preset: string;
  /** One sentence for each part of the query that was not used. */
  dropped: readonly string[];
};

/** What else stands in a query of ours. */
const OWN_KEYS = ['v', 'preset'];
/** What mail programs, search engines and networks hang on an address that is passed on: it is meant for nobody here. */
const TRACKING =
  /^(utm_.*|.*clid|gbraid|wbraid|gad_.*|_g[al]|mc_[ce]id|igshi?d?|si|s_kwcid|mkt_tok|ref|ref_.*|referrer|source)$/i;
/** So many parts that were not used are named one by one. */
const MOST_NAMED = 5;

/**
 * Reads a query (with or without `?`). It never throws: what is unknown or out of range is left out and said in words, a few parts one
 * by one.
 */
export function fromQuery(query: string): QueryResult {
  const params = new URLSearchParams(query);
  const dropped: string[] = [];
  let unnamed = 0;
  const drop = (say: () => string): void => {
    if (dropped.length < MOST_NAMED) dropped.push(say());
    else unnamed++;
  };
  const version = params.get('v');
  const older = version === '1';
  if (version !== null && version !== String(URL_VERSION) && !older) {
    drop(
      () =>
        `The link has version ${shortened(version)}, this page reads version ${URL_VERSION}: check the settings.`,
    );
  }
  let base: ResolvedPreset;
  try {
    base = resolvePreset(params.get('preset') ?? '');
  } catch (error) {
    drop(() => inWords(error));
    base = resolvePreset('');
  }
  const given: { [key: string]: unknown } = {};
  for (const key of new Set(params.keys())) {
    const [text, ...more] = params.getAll(key);
    const isOwn = isSettingKey(key) || OWN_KEYS.includes(key);
    if (!isOwn) {
      if (key !== '' && !TRACKING.test(key))
        drop(() => unknownSetting(key, text, [...OWN_KEYS, ...SETTING_KEYS]).text);
      continue;
    }
    try {
      if (isSettingKey(key)) given[key] = parseSettingText(key, text);
    } catch (error) {
      drop(() => inWords(error));
    }
    if (more.length > 0) drop(() => `The link sets ${key} more than once: the first value is used.`);
  }
  if (unnamed > 0) dropped.push(`Of ${unnamed} more parts of the link nothing was used.`);
  const settings = older
    ? { ...base.settings, ...trainedSettings({ ...base.settings, ...given, clip: undefined }), clip: true }
    : validateSettings(given, base.settings);
  return { settings: settings as Settings, preset: base.name, dropped };
}

function inWords(error: unknown): string {
  if (error instanceof SettingError) return error.text;
  throw error;
}
