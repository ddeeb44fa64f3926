// Settings written as command-line flags: `--preset quick+grpo --sft-steps 100`.

import { formatSetting } from './format.ts';
import { resolvePreset } from './presets.ts';
import type { Settings } from './settings.ts';
import { writtenKeys } from './url.ts';

/** `--sft-steps` for `sft_steps`, `--report-only` for `reportOnly`. */
export function flagName(key: string): string {
  return `--${key.replaceAll('_', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flags that give these settings: `['--preset', 'quick', '--sft-steps', '100']`. */
export function toFlags(settings: Settings, preset = ''): string[] {
  const base = resolvePreset(preset);
  const flags = base.name === '' ? [] : ['--preset', base.name];
  for (const key of writtenKeys(settings, base.settings)) {
    flags.push(flagName(key), formatSetting(key, settings[key]));
  }
  return flags;
}
