// The error of a bad setting: names the setting, shows the value and says what to do.

import { PlaygroundError } from '../base/errors.ts';

/** Thrown by everything in this room. */
export class SettingError extends PlaygroundError {
  override readonly name = 'SettingError';
  /** @param setting key of the setting (as it was written, where the key itself is unknown): `details.setting`. */
  constructor(setting: string, message: string, hint: string) {
    super('bad-setting', message, hint, { setting });
  }
}

/** A value as an error message shows it: short, and with strings in quotes. */
export function showValue(value: unknown): string {
  let text: string | undefined;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') {
    text = String(value);
  } else {
    try {
      text = JSON.stringify(value);
    } catch {
      text = undefined;
    }
  }
  text ??= String(value);
  return shortened(text);
}

/** A text of whatever length, as a sentence can hold it. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
