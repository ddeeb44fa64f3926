// The page's line to the lab worker: started at the first question, started anew after its death.

import type { PlaygroundError } from '../protocol/errors.ts';
import type { LabControl } from '../protocol/lab.ts';
import type { Remote, RemoteConnection } from '../protocol/remote.ts';

export type LabLink = Pick<RemoteConnection<LabControl>, 'api' | 'died' | 'markDead'>;

export class LabClient {
  readonly #open: () => LabLink;
  readonly #addStorePort: (port: MessagePort) => Promise<void>;
  readonly #onDeath: (error: PlaygroundError) => void;
  readonly #givenUp = new WeakSet<LabLink>();
  #link: Promise<LabLink> | null = null;

  /** `addStorePort` hands a port to the store, so that the lab reads stored runs itself; `onDeath` hears of an unwanted death. */
  constructor(
    open: () => LabLink,
    addStorePort: (port: MessagePort) => Promise<void>,
    onDeath: (error: PlaygroundError) => void = () => undefined,
  ) {
    this.#open = open;
    this.#addStorePort = addStorePort;
    this.#onDeath = onDeath;
  }

  /** Its store has died: the next question starts another lab, with a line to the next store. */
  storeDied(): void {
    const link = this.#link;
    this.#link = null;
    link
      ?.then((lab) => {
        this.#givenUp.add(lab);
        lab.markDead('its store has stopped');
      })
      .catch(() => undefined);
  }

  /** Calls of the lab reject with PlaygroundError; after the death of the worker the next call starts another one. */
  async api(): Promise<Remote<LabControl>> {
    this.#link ??= this.#connect();
    try {
      return (await this.#link).api;
    } catch (error) {
      this.#link = null;
      throw error;
    }
  }

  async #connect(): Promise<LabLink> {
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
