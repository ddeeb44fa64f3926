// Trains in a thread of this process: the page's training worker, with a store on files in the place of the page's.

import { type TransferListItem, Worker } from 'node:worker_threads';
import type { DeviceReport, StartRequest, TrainControl, TrainEvent } from '../../protocol/messages.ts';
import { connectPort, exposeApi, type RemoteConnection } from '../../protocol/remote.ts';
import type { CodeIdentity } from '../../terms/origin.ts';
import type { RunRecord } from '../../terms/run.ts';
import { FileStore } from './fileStore.ts';
import type { Trainer, TrainerListeners } from './trainer.ts';

/** The folder of the run is this process's own: nobody else can have the run. */
class ServedStore extends FileStore {
  async claimRun(): Promise<boolean> {
    return true;
  }

  async letGoRun(): Promise<void> {}
}

export type TrainThreadOptions = TrainerListeners & {
  storeFolder: string;
  /** For the record of the run; null where only its version is known. */
  code: CodeIdentity | null;
};

export class TrainThread implements Trainer {
  readonly consoleTail = '';
  #closing = false;

  private constructor(
    private readonly store: FileStore,
    private readonly control: RemoteConnection<TrainControl>,
    private readonly worker: Worker,
  ) {}

  /** @throws PlaygroundError where the store cannot be read or the thread does not start. */
  static async open({ storeFolder, code, onEvents, onGone }: TrainThreadOptions): Promise<TrainThread> {
    const store = new ServedStore(storeFolder);
    const [control, stored, events] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
    exposeApi(store, stored.port1);
    events.port1.onmessage = ({ data }: MessageEvent<TrainEvent[]>) => onEvents(data);
    const worker = new Worker(new URL('../../../workers/trainNode.mjs', import.meta.url), {
      workerData: { port: control.port2, code: code ?? undefined },
      transferList: [control.port2 as unknown as TransferListItem],
    });
    const connection = connectPort<TrainControl>(control.port1, 'training thread');
    worker.once('error', (error) => connection.markDead(error.message));
    worker.once('exit', () => connection.markDead('it has ended'));
    const opened = new TrainThread(store, connection, worker);
    void connection.died.then(({ message }) => {
      if (!opened.#closing) onGone(message);
    });
    await connection.api.connect(stored.port2, events.port2);
    return opened;
  }

  describeDevice(engineChoice: string): Promise<DeviceReport> {
    return this.control.api.describeDevice(engineChoice);
  }

  start(request: StartRequest): Promise<{ runId: string }> {
    return this.control.api.start(request);
  }

  stop(): Promise<void> {
    return this.control.api.stop();
  }

  listRuns(): Promise<RunRecord[]> {
    return this.store.listRuns();
  }

  importBundle(bytes: Uint8Array): Promise<string> {
    return this.store.importBundle(bytes);
  }

  exportBundle(runId: string): Promise<Uint8Array> {
    return this.store.exportBundle(runId);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.worker.terminate();
    this.store.close();
  }
}
