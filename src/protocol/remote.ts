// Calls between threads over comlink that reject when the other side dies, and errors that keep code and hint.

import { type Endpoint, expose, transfer, wrap } from 'comlink';
import {
  asPlaygroundError,
  fromWireError,
  isWireError,
  notLoaded,
  PlaygroundError,
  toWireError,
} from '../base/errors.ts';
import { holdLifeline, watchLifeline } from './lifeline.ts';

type Method = (...args: never[]) => unknown;

/** The methods of `T` as seen from another thread: all give promises. */
export type Remote<T> = {
  readonly [K in keyof T as T[K] extends Method ? K : never]: T[K] extends (
    ...args: infer Args
  ) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** A line to an object in another thread. */
export type RemoteConnection<T> = {
  /** Its calls reject with PlaygroundError: what the other side threw, `worker-died` or `not-loaded`. MessagePorts are transferred. */
  readonly api: Remote<T>;
  /** Resolves (never rejects) with the error once the other side is dead. */
  readonly died: Promise<PlaygroundError>;
  /** Declares the other side dead: all calls, pending and future, reject with `worker-died`. */
  markDead(reason: string): void;
  /** Ends the worker (or closes the port) and declares it dead. */
  terminate(): void;
};

/** A worker that says nothing for so long after its start is dead, or its program does not come. */
const START_MS = 30_000;
/** Name of the hidden method that `exposeApi` answers beside those of the object. */
const LIFELINE = 'cosmo:lifeline';

/**
 * Connects to the object that a worker exposes by `exposeApi(api, self)`.
 * A worker that fires `error` or `messageerror`, or does not start, is ended, so that "died" is true.
 * @param name how to call the worker in messages, e.g. `training worker`.
 * @param hint what a user can do after its death.
 */
export function connectWorker<T>(worker: Worker, name: string, hint?: string): RemoteConnection<T> {
  const connection = connect<T>(worker, name, () => worker.terminate(), hint);
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const where = event.lineno ? ` (${event.filename}:${event.lineno})` : '';
    if (event.message) connection.markDead(`${event.message}${where}`);
    else connection.markSilent();
  });
  worker.addEventListener('messageerror', () => connection.markDead('it sent a message that cannot be read'));
  // Before its first answer it holds no lock by which its death would be noticed.
  const late = setTimeout(
    () => connection.markDead(`it did not start within ${START_MS / 1000} s`),
    START_MS,
  );
  void Promise.race([connection.answered, connection.died]).then(() => clearTimeout(late));
  return connection;
}

/** Connects to the object exposed on the other end of a port, e.g. the store from the train worker. */
export function connectPort<T>(port: MessagePort, name: string): RemoteConnection<T> {
  const connection = connect<T>(port, name, () => port.close());
  port.addEventListener('close', () => connection.markDead('its port was closed'));
  port.addEventListener('messageerror', () => connection.markDead('it sent a message that cannot be read'));
  return connection;
}

/** Keeps connections from being garbage-collected, which would make comlink release the other side. */
const live = new Set<unknown>();

type Root = { readonly [method: string]: (...args: unknown[]) => Promise<unknown> };

/**
 * `answered` resolves with its first answer. `markSilent`: it failed without a word, which before that means that its program did not
 * come.
 */
function connect<T>(
  endpoint: Endpoint & object,
  name: string,
  stop: () => void,
  hint = 'Reload the page; a stored run goes on from its last checkpoint.',
): RemoteConnection<T> & { answered: Promise<void>; markSilent(): void } {
  const root = wrap(endpoint) as unknown as Root;
  const pending = new Set<(error: PlaygroundError) => void>();
  let announceDeath: (error: PlaygroundError) => void = () => undefined;
  const died = new Promise<PlaygroundError>((resolve) => {
    announceDeath = resolve;
  });
  let dead: PlaygroundError | null = null;
  live.add(root);

  const die = (error: PlaygroundError) => {
    if (dead) return;
    dead = error;
    live.delete(root);
    stop();
    for (const reject of pending) reject(dead);
    pending.clear();
    announceDeath(dead);
  };
  const markDead = (reason: string) =>
    die(
      new PlaygroundError('worker-died', `The ${name} has stopped: ${reason.replace(/\.$/, '')}.`, hint, {
        worker: name,
        reason,
      }),
    );
  let hasAnswered = false;
  const markSilent = () => {
    if (hasAnswered) markDead('it failed without a word');
    else die(notLoaded(`The program of the ${name}`, 'the worker did not start'));
  };

  const call = (method: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead) {
        reject(dead);
        return;
      }
      pending.add(reject);
      root[method](...args.map(transferPort))
        .then(resolve, (thrown: unknown) => reject(fromThrown(thrown)))
        .finally(() => pending.delete(reject));
    });

  const answered = new Promise<void>((resolve) => {
    call(LIFELINE, []).then(
      (lock) => {
        hasAnswered = true;
        resolve();
        watchLifeline(lock, died, () => markDead('it ended without a word'));
      },
      // A dead side has no use for the lifeline.
      () => undefined,
    );
  });

  const api = new Proxy(Object.create(null), {
    get: (_target, method) => {
      // An api may be awaited or returned from an async function: it is no thenable.
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: unknown[]) => call(method, args);
    },
  }) as Remote<T>;
  return { api, died, answered, markDead, markSilent, terminate: () => markDead('it was ended by the page') };
}

function transferPort(value: unknown): unknown {
  return value instanceof MessagePort ? transfer(value, [value]) : value;
}

function fromThrown(thrown: unknown): PlaygroundError {
  if (!isWireError(thrown)) return asPlaygroundError(thrown);
  const error = fromWireError(thrown);
  if (thrown.stack) error.stack = `${error.stack ?? error.message}\n  in the other thread: ${thrown.stack}`;
  return error;
}

/**
 * Serves the methods of `api` on a worker's global scope or a port. What they throw arrives as PlaygroundError.
 * In a worker, call it before any top-level `await`, or early messages are lost.
 * Results are copied; wrap them in comlink's `transfer` to move their buffers.
 */
export function exposeApi(api: object, endpoint: Endpoint): void {
  expose(new Proxy(api, { get: (target, name) => serveMethod(target, name) }), endpoint);
}

/**
 * Serves what `connect` makes of the ports that the page hands over: until the page has called `connect`, there is no other method.
 * The methods of the contract `T` are forwarded, so none is spelt again here.
 */
export function exposeConnected<T extends { connect(...ports: never[]): Promise<void> }>(
  connect: (...ports: Parameters<T['connect']>) => Omit<T, 'connect'>,
  endpoint: Endpoint,
): void {
  let served: object = {
    connect: (...ports: Parameters<T['connect']>) => {
      served = connect(...ports);
    },
  };
  expose(new Proxy({}, { get: (_target, name) => serveMethod(served, name) }), endpoint);
}

function serveMethod(api: object, name: string | symbol): unknown {
  if (typeof name === 'symbol') return undefined;
  return async (...args: unknown[]) => {
    try {
      if (name === LIFELINE) return await holdLifeline();
      const method: unknown = name in Object.prototype ? undefined : Reflect.get(api, name);
      if (typeof method !== 'function')
        throw new TypeError(`There is no method "${name}" in the other thread.`);
      return await Reflect.apply(method, api, args);
    } catch (error) {
      throw toWireError(error);
    }
  };
}
