// A line to one worker of the page, with one policy for all three: it is opened at the first call; when it dies, pending calls reject,
// and the next call opens another.

import { PlaygroundError } from '../../base/errors.ts';
import type { Remote, RemoteConnection } from '../../protocol/remote.ts';

export type WorkerLink<T> = Pick<RemoteConnection<T>, 'api' | 'died' | 'markDead'>;

export type WorkerClientOptions<T> = {
  /** Starts a worker. */
  open: () => WorkerLink<T>;
  /** Makes it ready before its first call. */
  connect?: (api: Remote<T>) => Promise<void>;
  /** Called when a worker has died, unless it was dropped silently. */
  onDeath: (error: PlaygroundError) => void;
  /** Methods that write nothing: a call whose worker dies before it answers is made once more, of the next worker. */
  repeats?: (method: string) => boolean;
};

type Opened<T> = { link: WorkerLink<T>; ready: Promise<unknown>; silent: boolean };
type Methods = { readonly [method: string]: (...args: readonly unknown[]) => Promise<unknown> };

export class WorkerClient<T> {
  /** The same object for as long as the page lives, whichever worker answers. Calls reject with PlaygroundError. */
  readonly api: Remote<T>;
  readonly #options: WorkerClientOptions<T>;
  #opened: Opened<T> | null = null;

  constructor(options: WorkerClientOptions<T>) {
    this.#options = options;
    this.api = new Proxy(Object.create(null), {
      get: (_target, method) => {
        // An api may be awaited or returned from an async function: it is no thenable.
        if (typeof method !== 'string' || method === 'then') return undefined;
        return (...args: readonly unknown[]) => this.#call(method, args);
      },
    }) as Remote<T>;
  }

  /** Resolves once a worker is there and connected. */
  async ready(): Promise<void> {
    await this.#open().ready;
  }

  /** Gives the worker up, if there is one; the next call opens another. `silently`: `onDeath` is not called. */
  drop(reason: string, silently = false): void {
    const opened = this.#opened;
    if (!opened) return;
    opened.silent = silently;
    this.#opened = null;
    opened.link.markDead(reason);
  }

  async #call(method: string, args: readonly unknown[]): Promise<unknown> {
    const opened = this.#open();
    await opened.ready;
    try {
      return await methodsOf(opened)[method](...args);
    } catch (error) {
      const died = error instanceof PlaygroundError && error.code === 'worker-died';
      if (!died || !this.#options.repeats?.(method)) throw error;
      this.#forget(opened);
      const next = this.#open();
      await next.ready;
      return await methodsOf(next)[method](...args);
    }
  }

  #open(): Opened<T> {
    if (this.#opened) return this.#opened;
    const { open, connect, onDeath } = this.#options;
    const link = open();
    const opened: Opened<T> = { link, ready: connect?.(link.api) ?? Promise.resolve(), silent: false };
    this.#opened = opened;
    link.died.then((error) => {
      this.#forget(opened);
      if (!opened.silent) onDeath(error);
    });
    // A worker that cannot be connected is of no use; the caller gets the rejection.
    opened.ready.catch(() => {
      this.#forget(opened);
      opened.silent = true;
      link.markDead('it could not be connected');
    });
    return opened;
  }

  #forget(opened: Opened<T>): void {
    if (this.#opened === opened) this.#opened = null;
  }
}

function methodsOf<T>({ link }: Opened<T>): Methods {
  return link.api as unknown as Methods;
}
