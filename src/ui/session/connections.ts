// The two workers that the session speaks to: started when they are first needed, joined, started anew after their death.

import type { PlaygroundError } from '../../protocol/errors.ts';
import type { TrainControl, TrainEvent } from '../../protocol/messages.ts';
import type { Remote } from '../../protocol/remote.ts';
import type { StoreWorkerApi } from '../../storage/workerApi.ts';
import type { StoreLink, TrainLink, WorkerLinks } from './links.ts';

/** What the connections tell. A store that dies takes the train worker with it, which is told after it. */
export type ConnectionListener = {
  events: (events: readonly TrainEvent[]) => void;
  storeDied: (error: PlaygroundError) => void;
  trainerDied: (error: PlaygroundError) => void;
};

export class Connections {
  readonly #links: Pick<WorkerLinks, 'openStore' | 'openTrainer'>;
  readonly #listener: ConnectionListener;
  #store: StoreLink | null = null;
  #trainer: Promise<TrainLink> | null = null;

  constructor(links: Pick<WorkerLinks, 'openStore' | 'openTrainer'>, listener: ConnectionListener) {
    this.#links = links;
    this.#listener = listener;
  }

  /** The store; calls reject once it is dead, and the next `store` is another one. */
  get store(): Remote<StoreWorkerApi> {
    return this.#openStore().api;
  }

  /** The train worker, connected to the store. */
  async trainer(): Promise<Remote<TrainControl>> {
    this.#trainer ??= this.#connectTrainer();
    return (await this.#trainer).api;
  }

  /** Gives the train worker up; the next one is another. */
  dropTrainer(): void {
    this.#trainer?.then((trainer) => trainer.markDead('it was given up by the page'));
  }

  #openStore(): StoreLink {
    if (this.#store) return this.#store;
    const link = this.#links.openStore();
    this.#store = link;
    link.died.then((error) => {
      this.#store = null;
      this.#trainer?.then((trainer) => trainer.markDead('its store has stopped'));
      this.#listener.storeDied(error);
    });
    return link;
  }

  async #connectTrainer(): Promise<TrainLink> {
    const link = this.#links.openTrainer();
    link.died.then((error) => {
      this.#trainer = null;
      this.#listener.trainerDied(error);
    });
    const store = new MessageChannel();
    const events = new MessageChannel();
    events.port1.onmessage = (message: MessageEvent<readonly TrainEvent[]>) =>
      this.#listener.events(message.data);
    await this.store.addPort(store.port1);
    await link.api.connect(store.port2, events.port2);
    return link;
  }
}
