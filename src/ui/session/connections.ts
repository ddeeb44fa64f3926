// The page's workers and how they depend on each other: train workers and the inspector hold a line to the store.

import type { PlaygroundError } from '../../base/errors.ts';
import type { InspectorControl } from '../../protocol/inspector.ts';
import type { TrainControl, TrainEvent } from '../../protocol/messages.ts';
import type { Remote } from '../../protocol/remote.ts';
import type { StoreWorkerApi } from '../../storage/workerApi.ts';
import { WorkerClient, type WorkerLink } from './workerClient.ts';

/** How the page starts its workers; tests and previews give their own. */
export type WorkerLinks = {
  openStore: () => WorkerLink<StoreWorkerApi>;
  openTrainer: () => WorkerLink<TrainControl>;
  openInspector: () => WorkerLink<InspectorControl>;
};

/** What the connections report. A store that dies takes the train worker with it, which is reported after it. */
export type ConnectionListener = {
  events: (events: readonly TrainEvent[]) => void;
  storeDied: (error: PlaygroundError) => void;
  trainerDied: (error: PlaygroundError) => void;
  inspectorDied: (error: PlaygroundError) => void;
};

const STORE_GONE = 'its store has stopped';

export class Connections {
  readonly store: Remote<StoreWorkerApi>;
  readonly trainer: Remote<TrainControl>;
  readonly inspector: Remote<InspectorControl>;
  readonly #trainer: WorkerClient<TrainControl>;
  /** Those of `newTrainer`. */
  readonly #others = new Set<WorkerClient<TrainControl>>();
  readonly #openTrainer: WorkerLinks['openTrainer'];

  constructor(links: WorkerLinks, listener: ConnectionListener) {
    const store = new WorkerClient<StoreWorkerApi>({
      open: links.openStore,
      onDeath: (error) => {
        listener.storeDied(error);
        for (const trainer of [this.#trainer, ...this.#others]) trainer.drop(STORE_GONE);
        inspector.drop(STORE_GONE, true);
      },
    });
    this.store = store.api;
    this.#openTrainer = links.openTrainer;
    this.#trainer = this.#clientOf(listener.events, listener.trainerDied);
    const inspector = new WorkerClient<InspectorControl>({
      open: links.openInspector,
      connect: async (api) => api.connect(await this.#storePort(), new URL('models/', document.baseURI).href),
      onDeath: listener.inspectorDied,
      // It alone writes to the store.
      repeats: (method) => method !== 'adopt',
    });
    this.trainer = this.#trainer.api;
    this.inspector = inspector.api;
  }

  /** A train worker beside the one of the run on view. End it with `endTrainer`. */
  newTrainer(
    onEvents: ConnectionListener['events'],
    onDeath: ConnectionListener['trainerDied'],
  ): WorkerClient<TrainControl> {
    const client = this.#clientOf(onEvents, onDeath);
    this.#others.add(client);
    return client;
  }

  /** Ends a worker of `newTrainer`. */
  endTrainer(client: WorkerClient<TrainControl>): void {
    this.#others.delete(client);
    client.drop('it is needed no more', true);
  }

  #clientOf(
    onEvents: ConnectionListener['events'],
    onDeath: ConnectionListener['trainerDied'],
  ): WorkerClient<TrainControl> {
    return new WorkerClient<TrainControl>({
      open: this.#openTrainer,
      connect: async (api) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }: MessageEvent<readonly TrainEvent[]>) => onEvents(data);
        await api.connect(await this.#storePort(), port2);
      },
      onDeath,
    });
  }

  /** A line of its own to the store, for another worker. */
  async #storePort(): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    await this.store.addPort(port1);
    return port2;
  }

  /** Starts store and train worker. */
  async open(): Promise<void> {
    await this.#trainer.ready();
  }

  /** Gives the train worker up, of which the caller tells; the next call starts another one. */
  dropTrainer(): void {
    this.#trainer.drop('it was given up by the page', true);
  }
}
