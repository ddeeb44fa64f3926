// The only thread that touches IndexedDB: serves the store to the page, and to other workers on ports.

import { transfer } from 'comlink';
import { exposeApi } from '../src/protocol/remote.ts';
import { TabClaims } from '../src/protocol/tabClaims.ts';
import {
  exportFile,
  exportRun,
  type FileRequest,
  IdbStore,
  importRun,
  type StoreWorkerApi,
  withProgress,
} from '../src/storage/index.ts';

function moved<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  return transfer(bytes, [bytes.buffer]);
}

/** The store with what only a worker can do: more ports, bytes that are moved, work that says how far it is. */
class ServedStore extends IdbStore implements StoreWorkerApi {
  readonly #claims = new TabClaims();

  claimRun(runId: string): Promise<boolean> {
    return this.#claims.claim(runId);
  }

  async letGoRun(runId: string): Promise<void> {
    this.#claims.letGo(runId);
  }

  async runsOfOtherTabs(): Promise<string[]> {
    return [...(await this.#claims.heldElsewhere())];
  }

  async addPort(port: MessagePort): Promise<void> {
    exposeApi(this, port);
  }

  override async exportBundle(runId: string): Promise<Uint8Array> {
    return moved(await super.exportBundle(runId));
  }

  async exportRunFile(runId: string, progress: MessagePort): Promise<Uint8Array> {
    return moved(await withProgress(progress, (say) => exportRun(this, runId, undefined, say)));
  }

  async importRunFile(file: File, progress: MessagePort): Promise<string> {
    return await withProgress(progress, (say) => importRun(this, file, say));
  }

  async exportFile(runId: string, request: FileRequest): Promise<Uint8Array> {
    return moved(await exportFile(this, runId, request));
  }
}

const store = new ServedStore();
exposeApi(store, self);
// Left-overs of a tab that died are no hurry and no reason to fail.
store.removeOrphans().catch(() => undefined);
