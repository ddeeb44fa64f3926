// What `store.worker` offers to the other threads.

import type { RunStore } from './types.ts';

/** The store, and a way to give other workers a line of their own. */
export interface StoreWorkerApi extends RunStore {
  /** Serves the store on this port too (transferred), e.g. for `train.worker`. */
  addPort(port: MessagePort): Promise<void>;
}
