// The error of a bad setting: names the setting, shows the value and says what to do.

/** Thrown by everything in this room. Other rooms map it to a `PlaygroundError` of code `bad-setting`. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  /** Key of the setting (as it was written, where the key itself is unknown). */
  readonly setting: string;
  readonly value: unknown;
  /** One sentence: what to do. */
  readonly hint: string;

  constructor(message: string, fields: { setting: string; value: unknown; hint: string }) {
    super(message);
    this.setting = fields.setting;
    this.value = fields.value;
    this.hint = fields.hint;
  }

  /** The sentence and the way on, as shown. */
  get text(): string {
    return `${this.message} ${this.hint}`;
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
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
