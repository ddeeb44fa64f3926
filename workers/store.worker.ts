// The only thread that touches IndexedDB: serves the store to the page, and to other workers on ports.

import { transfer } from 'comlink';
import { exposeApi } from '../src/protocol/remote.ts';
import { IdbStore, type StoreWorkerApi } from '../src/storage/index.ts';

/** The store with the one thing that only a worker can do: more ports. */
class ServedStore extends IdbStore implements StoreWorkerApi {
  async addPort(port: MessagePort): Promise<void> {
    exposeApi(this, port);
  }

  override async exportBundle(runId: string): Promise<Uint8Array> {
    const bytes = await super.exportBundle(runId);
    return transfer(bytes, [bytes.buffer]);
  }
}

const store = new ServedStore();
exposeApi(store, self);
// Left-overs of a tab that died are no hurry and no reason to fail.
store.removeOrphans().catch(() => undefined);
