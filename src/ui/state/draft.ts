// What the form holds: a preset (in layers) and the settings of the next run.

import {
  DEFAULTS,
  fromQuery,
  hasSettings,
  PRESETS,
  type Preset,
  type PresetKind,
  resolvePreset,
  type SettingKey,
  type Settings,
} from '../../config/index.ts';

export type Draft = { preset: string; settings: Settings };

/** What a visitor sees who comes without settings in the address. */
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

/** Another layer of one kind; the settings become the preset's, but for seed and engine. */
export function withLayer(draft: Draft, kind: PresetKind, name: string): Draft {
  const layers = { ...layersOf(draft.preset), [kind]: name };
  const names = PRESET_KINDS.map((entry) => layers[entry.kind]).filter((layer) => layer !== '');
  const next = draftOfPreset(names.join('+'));
  const kept = Object.fromEntries(KEPT.map((key) => [key, draft.settings[key]]));
  return { ...next, settings: { ...next.settings, ...kept } };
}

export function withSetting<K extends SettingKey>(draft: Draft, key: K, value: Settings[K]): Draft {
  return { ...draft, settings: { ...draft.settings, [key]: value } };
}

export function baseOf(draft: Draft): Settings {
  return draft.preset === '' ? DEFAULTS : resolvePreset(draft.preset).settings;
}
