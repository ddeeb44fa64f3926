// The page's workers.

import type { InspectorControl } from '../../protocol/inspector.ts';
import type { TrainControl } from '../../protocol/messages.ts';
import { servePageWorkers } from '../../protocol/pageWorkers.ts';
import { connectWorker } from '../../protocol/remote.ts';
import type { StoreWorkerApi } from '../../storage/workerApi.ts';
import type { WorkerLinks } from './connections.ts';

/** A further compute thread of the train worker. */
const openHelper = () =>
  new Worker(new URL('../../engine/wasm/threads/helper.ts', import.meta.url), {
    type: 'module',
    name: 'compute',
  });

/** Each call starts a worker. The literal `new Worker(new URL(...))` is what the bundler looks for. */
export const workerLinks: WorkerLinks = {
  openStore: () =>
    connectWorker<StoreWorkerApi>(
      new Worker(new URL('../../../workers/store.worker.ts', import.meta.url), {
        type: 'module',
        name: 'store',
      }),
      'store worker',
    ),
  openTrainer: () => {
    const worker = new Worker(new URL('../../../workers/train.worker.ts', import.meta.url), {
      type: 'module',
      name: 'train',
    });
    const link = connectWorker<TrainControl>(worker, 'training worker');
    servePageWorkers(worker, openHelper, link.died);
    return link;
  },
  openInspector: () =>
    connectWorker<InspectorControl>(
      new Worker(new URL('../../../workers/inspector.worker.ts', import.meta.url), {
        type: 'module',
        name: 'inspector',
      }),
      'inspector worker',
      'Try again: another one is started. If it stops again, reload the page.',
    ),
};
