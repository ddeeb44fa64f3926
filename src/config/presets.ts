// Resolves preset names: `quick+grpo` is two layers over the defaults, the later one over the earlier one.

import { SettingError, showValue } from './errors.ts';
import { nearest } from './nearest.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import type { Preset } from './table/preset.ts';
import { PRESETS } from './table/presets.ts';
import { validateSettings } from './validate.ts';

export type ResolvedPreset = {
  /** Canonical name, layers joined by `+`; empty for the defaults. */
  name: string;
  layers: readonly Preset[];
  settings: Settings;
};

/**
 * Resolves a name such as `quick+grpo`: layers apply from left to right over the defaults. The empty name is the defaults.
 * @throws SettingError that names the unknown layer and the nearest known one.
 */
export function resolvePreset(text: string): ResolvedPreset {
  // A `+` in the query of an address may arrive as a space.
  const parts = text.split(/[+\s]+/).filter((part) => part !== '');
  const layers = parts.map((part) => {
    const found = PRESETS.find((entry) => entry.name === part);
    if (found) return found;
    const names = PRESETS.map((entry) => entry.name);
    const hint = `The nearest known one is ${nearest(part, names)}; all are: ${names.join(', ')}.`;
    throw new SettingError('preset', `There is no preset ${showValue(part)}.`, hint);
  });
  const name = layers.map((layer) => layer.name).join('+');
  const settings = layers.reduce((base, { overrides }) => validateSettings(overrides, base), DEFAULTS);
  return { name, layers, settings };
}
