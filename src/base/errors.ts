// The one coded error: code, message, hint and details, and its plain form for messages between threads.

export const ERROR_CODES = [
  'bad-setting',
  'bad-usage',
  'bad-bundle',
  'too-large',
  'shape-mismatch',
  'missing-head',
  'disk-full',
  'storage-unavailable',
  'no-device',
  'device-lost',
  'out-of-memory',
  'worker-died',
  'not-loaded',
  'diverged',
  'not-found',
  'busy',
  'cancelled',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type ErrorDetails = { readonly [key: string]: string | number | boolean };

const LONGEST = 800;

/** A sentence may quote what came from outside, of any length. */
function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 200)} … ${text.slice(-150)}`;
}

/** An error meant for a person. `message` is one clear sentence naming the thing; `hint` says what to do. */
export class PlaygroundError extends Error {
  override readonly name: string = 'PlaygroundError';
  readonly hint: string;
  constructor(
    readonly code: ErrorCode,
    message: string,
    hint: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(shortened(message), options);
    this.hint = shortened(hint);
  }

  /** The sentence and the hint, as shown. */
  get text(): string {
    return `${this.message} ${this.hint}`;
  }
}

/** A command that cannot be carried out as it was given: exit code 2. */
export class UsageError extends PlaygroundError {
  override readonly name = 'UsageError';
  constructor(message: string, hint: string) {
    super('bad-usage', message, hint);
  }
}

/** Plain form of an error for a message between threads. */
export type WireError = {
  code: ErrorCode;
  message: string;
  hint: string;
  details: ErrorDetails;
  stack: string;
};

export function toWireError(thrown: unknown): WireError {
  const { code, message, hint, details, stack } = asPlaygroundError(thrown);
  return { code, message, hint, details, stack: stack ?? '' };
}

export function fromWireError({ code, message, hint, details }: WireError): PlaygroundError {
  return new PlaygroundError(code, message, hint, details);
}

export function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null || value instanceof Error) return false;
  const { code, message, hint, details, stack } = value as { [field in keyof WireError]?: unknown };
  return (
    (ERROR_CODES as readonly unknown[]).includes(code) &&
    [message, hint, stack].every((field) => typeof field === 'string') &&
    typeof details === 'object'
  );
}

/** The error for a part of the program that does not come any more: the network is down, or a newer version has taken its place. */
export function notLoaded(what: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    'not-loaded',
    `${what} could not be loaded.`,
    'The network may be down, or the page has been replaced by a newer version: a reload fetches that. A run in training goes on after it.',
    { cause: messageOf(cause) },
    { cause },
  );
}

/** What Chromium, Firefox, Safari and the bundler say where a module, or the style of one, does not come. */
const IMPORT_FAILED = /dynamically imported module|importing a module script failed|unable to preload css/i;

/** Anything thrown as PlaygroundError: one without a code is `internal` and keeps its stack. */
export function asPlaygroundError(thrown: unknown): PlaygroundError {
  if (thrown instanceof PlaygroundError) return thrown;
  if (thrown instanceof Error && IMPORT_FAILED.test(thrown.message))
    return notLoaded('A part of the page', thrown);
  const hint = 'This is a fault of the program: please report it with the text above.';
  const error = new PlaygroundError('internal', messageOf(thrown), hint);
  if (thrown instanceof Error && thrown.stack) error.stack = thrown.stack;
  return error;
}

/** What was thrown, in a sentence. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
