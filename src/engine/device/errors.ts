// Errors of the engine: each says what is missing or broken, and the way on.

/**
 * `no-device`: the thing asked for does not exist here. `device-lost`: it was there and went away, or answered with an error.
 * The codes are those of src/protocol.
 */
export type EngineErrorCode = 'no-device' | 'device-lost';

/** An error that a person can act on: `message` names the thing, `hint` says what to do. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  constructor(
    readonly code: EngineErrorCode,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
