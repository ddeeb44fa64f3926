// Typed errors that keep their class and fields across worker borders; each text names the thing and the way on.

import { SettingError } from '../config/index.ts';

export const ERROR_CODES = [
  'bad-setting',
  'bad-bundle',
  'shape-mismatch',
  'missing-head',
  'disk-full',
  'storage-unavailable',
  'no-device',
  'device-lost',
  'worker-died',
  'diverged',
  'not-found',
  'busy',
  'cancelled',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error meant for a person. `message` is one clear sentence naming the thing; `hint` says what to do. */
export class PlaygroundError extends Error {
  override readonly name = 'PlaygroundError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
    readonly details: { readonly [key: string]: string | number | boolean } = {},
  ) {
    super(message);
  }

  /** The sentence and the way on, as shown. */
  get text(): string {
    return `${this.message} ${this.hint}`;
  }
}

/** Plain form of an error for a message between threads. */
export type WireError = {
  code: ErrorCode;
  message: string;
  hint: string;
  details: { readonly [key: string]: string | number | boolean };
  stack: string;
};

export function toWireError(error: unknown): WireError {
  if (error instanceof PlaygroundError) {
    const { code, message, hint, details, stack } = error;
    return { code, message, hint, details, stack: stack ?? '' };
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'internal',
    message: cause.message,
    hint: 'This is a fault of the program: please report it with the text above.',
    details: {},
    stack: cause.stack ?? '',
  };
}

/** What the work gives. @throws PlaygroundError `bad-setting` in the place of a SettingError. */
export function withSettings<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new PlaygroundError('bad-setting', error.message, error.hint, { setting: error.setting });
  }
}

export function fromWireError(wire: WireError): PlaygroundError {
  return new PlaygroundError(wire.code, wire.message, wire.hint, wire.details);
}
