// The page's line to the inspector worker: started at the first question, started anew after its death.

import { PlaygroundError } from '../../protocol/errors.ts';
import type { InspectorControl } from '../../protocol/inspector.ts';
import type { Remote, RemoteConnection } from '../../protocol/remote.ts';

export type InspectorLink = Pick<RemoteConnection<InspectorControl>, 'api' | 'died' | 'markDead'>;

/** Writes to the store, so it is not done twice. */
const ASKED_ONCE: ReadonlySet<string> = new Set<keyof InspectorControl>(['adopt']);

type Asking = { readonly [method: string]: (...args: readonly unknown[]) => Promise<unknown> };

export class InspectorClient {
  readonly #open: () => InspectorLink;
  readonly #addStorePort: (port: MessagePort) => Promise<void>;
  readonly #onDeath: (error: PlaygroundError) => void;
  readonly #givenUp = new WeakSet<InspectorLink>();
  #link: Promise<InspectorLink> | null = null;

  /** `addStorePort` hands a port to the store, so that the inspector reads stored runs itself; `onDeath` hears of an unwanted death. */
  constructor(
    open: () => InspectorLink,
    addStorePort: (port: MessagePort) => Promise<void>,
    onDeath: (error: PlaygroundError) => void = () => undefined,
  ) {
    this.#open = open;
    this.#addStorePort = addStorePort;
    this.#onDeath = onDeath;
  }

  /** Its store has died: the next question starts another inspector, with a line to the next store. */
  storeDied(): void {
    const link = this.#link;
    this.#link = null;
    link
      ?.then((inspector) => {
        this.#givenUp.add(inspector);
        inspector.markDead('its store has stopped');
      })
      .catch(() => undefined);
  }

  /**
   * Calls of the inspector reject with PlaygroundError. After the death of the worker another one is started; a call that waited for its
   * answer is made once more, so that only a question that kills two labs fails of it.
   */
  async api(): Promise<Remote<InspectorControl>> {
    await this.#live();
    return this.#questions;
  }

  readonly #questions = new Proxy(Object.create(null), {
    get: (_target, method) => {
      // An api may be awaited or returned from an async function: it is no thenable.
      if (typeof method !== 'string' || method === 'then') return undefined;
      return (...args: readonly unknown[]) => this.#ask(method, args);
    },
  }) as Remote<InspectorControl>;

  async #ask(method: string, args: readonly unknown[]): Promise<unknown> {
    const inspector = await this.#live();
    const asked = this.#link;
    try {
      return await (inspector.api as unknown as Asking)[method](...args);
    } catch (error) {
      const died = error instanceof PlaygroundError && error.code === 'worker-died';
      if (!died || ASKED_ONCE.has(method)) throw error;
      if (this.#link === asked) this.#link = null;
      return await ((await this.#live()).api as unknown as Asking)[method](...args);
    }
  }

  async #live(): Promise<InspectorLink> {
    const link = this.#link ?? this.#connect();
    this.#link = link;
    try {
      return await link;
    } catch (error) {
      if (this.#link === link) this.#link = null;
      throw error;
    }
  }

  async #connect(): Promise<InspectorLink> {
    const link = this.#open();
    link.died.then((error) => {
      if (this.#givenUp.has(link)) return;
      this.#link = null;
      this.#onDeath(error);
    });
    const { port1, port2 } = new MessageChannel();
    await this.#addStorePort(port1);
    await link.api.connect(port2, new URL('models/', document.baseURI).href);
    return link;
  }
}
