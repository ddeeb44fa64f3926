// Values of settings as text.

import { type SettingKey, type Settings, TABLE } from './settings.ts';
import type { Spec } from './spec.ts';

/** Text of a value of a row; `parseSettingText` gives the same value back. */
export function formatValue(spec: Spec, value: unknown): string {
  if (spec.type === 'list') return (value as readonly (string | number)[]).join(',');
  if (spec.type === 'mix') {
    return Object.entries(value as { readonly [label: string]: number })
      .filter(([, weight]) => weight > 0)
      .map(([label, weight]) => `${label}:${weight}`)
      .join(',');
  }
  return String(value);
}

/** Text of a setting, e.g. `0.003`, `sft,heads`, `safety:4,normal:3`. */
export function formatSetting<K extends SettingKey>(key: K, value: Settings[K]): string {
  return formatValue(TABLE[key], value);
}
