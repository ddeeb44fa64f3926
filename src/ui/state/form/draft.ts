// What the form holds: a preset (in layers) and the settings of the next run.

import {
  changedKeys,
  DEFAULTS,
  findSetting,
  formatSetting,
  fromQuery,
  hasSettings,
  OWN_KEYS,
  PRESETS,
  type Preset,
  type PresetKind,
  parseSettingText,
  resolvePreset,
  SETTING_GROUPS,
  SETTINGS,
  SettingError,
  type SettingInfo,
  type SettingKey,
  type Settings,
  validateSettings,
} from '../../../config/index.ts';

export type Draft = {
  preset: string;
  settings: Settings;
  /** What was typed into fields that do not accept it; absent where every field is in order. */
  rejected?: { readonly [key in SettingKey]?: string };
};

/** What a user sees who comes without settings in the address. */
export const FIRST_PRESET = 'quick';

/** Kept when another preset is chosen: they say how to run, not what. */
const KEPT: readonly SettingKey[] = ['seed', 'engine'];

export const PRESET_KINDS: readonly { kind: PresetKind; label: string }[] = [
  { kind: 'size', label: 'Size' },
  { kind: 'tasks', label: 'Tasks' },
  { kind: 'algorithm', label: 'Algorithm' },
  { kind: 'failure', label: 'Failure on purpose' },
];

/** The draft of an address, and what of it could not be used. An address without settings gives the first preset. */
export function draftOfQuery(query: string): { draft: Draft; dropped: readonly string[] } {
  const { settings, preset, dropped } = fromQuery(query);
  // A tail that others hang on an address (a mail program, a search engine) takes no preset away.
  if (!hasSettings(query)) return { draft: draftOfPreset(FIRST_PRESET), dropped };
  return { draft: { preset, settings }, dropped };
}

export function draftOfPreset(name: string): Draft {
  const { name: preset, settings } = resolvePreset(name);
  return { preset, settings };
}

/** Names of the layers of a preset by kind; `''` where it has none. */
export function layersOf(preset: string): { readonly [kind in PresetKind]: string } {
  const layers = { size: '', tasks: '', algorithm: '', failure: '' };
  for (const layer of resolvePreset(preset).layers) layers[layer.kind] = layer.name;
  return layers;
}

export function presetsOf(kind: PresetKind): readonly Preset[] {
  return PRESETS.filter((preset) => preset.kind === kind);
}

/** Title of the group of a setting, where others are called the same; else null. */
function groupToTellApart(key: SettingKey): string | null {
  const info = SETTINGS.find((each) => each.key === key);
  if (!info || SETTINGS.every(({ key: other, label }) => other === key || label !== info.label)) return null;
  return SETTING_GROUPS.find((group) => group.key === info.group)?.title ?? null;
}

/** The label of a setting; with its group where others are called the same, e.g. `Steps (Supervised fine-tuning)`, spelt as asked. */
export function labelOf(key: SettingKey, spelt = (group: string) => group): string {
  const label = findSetting(key)?.label ?? key;
  const group = groupToTellApart(key);
  return group === null ? label : `${label} (${spelt(group)})`;
}

/** A setting that had been set by hand, and what a layer makes of it. */
export type Overridden = { key: SettingKey; label: string; from: string; to: string };

/**
 * Other layers of some kinds (`''` for none). Settings that were set by hand stay, but for those that a new layer sets itself:
 * `overridden` names them.
 */
export function withLayers(
  draft: Draft,
  chosen: Partial<Record<PresetKind, string>>,
): { draft: Draft; overridden: readonly Overridden[] } {
  const before = layersOf(draft.preset);
  const layers = { ...before, ...chosen };
  const names = PRESET_KINDS.map(({ kind }) => layers[kind]).filter((layer) => layer !== '');
  const next = draftOfPreset(names.join('+'));
  const fresh = PRESETS.filter(({ kind, name }) => layers[kind] === name && before[kind] !== name);
  const setByFresh = new Set<string>(
    fresh.flatMap(({ overrides }) => [...Object.keys(overrides), ...(overrides.loss_type ? OWN_KEYS : [])]),
  );
  const byHand = changedKeys(draft.settings, baseOf(draft));
  const kept = [...KEPT, ...byHand.filter((key) => !KEPT.includes(key) && !setByFresh.has(key))];
  const settings: Settings = {
    ...next.settings,
    ...Object.fromEntries(kept.map((key) => [key, draft.settings[key]])),
  };
  const overridden = byHand.flatMap((key) => {
    const [from, to] = [formatSetting(key, draft.settings[key]), formatSetting(key, settings[key])];
    return from === to ? [] : [{ key, label: labelOf(key), from, to }];
  });
  return { draft: { ...next, settings }, overridden };
}

/** At most so many settings are named one by one. */
const MOST_NAMED = 6;

/** `Learning rate is 0.005 instead of 0.001; Epochs is 4 instead of 2.` */
export function overriddenText(overridden: readonly Overridden[]): string {
  const named = overridden
    .slice(0, MOST_NAMED)
    .map(({ label, from, to }) => `${label} is ${to} instead of ${from}`);
  const more = overridden.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

/** A loss brings its own clip range and reward scaling into the form. */
export function withSetting<K extends SettingKey>(draft: Draft, key: K, value: Settings[K]): Draft {
  const { rejected: { [key]: _, ...rejected } = {}, ...rest } = draft;
  const settings = validateSettings({ [key]: value }, draft.settings);
  return { ...rest, settings, ...(Object.keys(rejected).length > 0 && { rejected }) };
}

/** What was typed into the field of `key` is no value of it; its setting stays as it was. */
export function withRejected(draft: Draft, key: SettingKey, text: string): Draft {
  return { ...draft, rejected: { ...draft.rejected, [key]: text } };
}

/** The first field, in the order of the form, that does not accept what stands in it. */
export function firstRejected({ rejected = {} }: Draft): { info: SettingInfo; text: string } | null {
  const info = SETTINGS.find(({ key }) => rejected[key] !== undefined);
  return info ? { info, text: rejected[info.key] ?? '' } : null;
}

/** Why a text is no value of a setting, and what to do; empty where it is one. */
export function problemOf(key: SettingKey, text: string): string {
  try {
    parseSettingText(key, text);
    return '';
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    return error.text;
  }
}

export function baseOf(draft: Draft): Settings {
  return draft.preset === '' ? DEFAULTS : resolvePreset(draft.preset).settings;
}
