// The page's workers.

import type { InspectorControl } from '../../protocol/inspector.ts';
import type { TrainControl } from '../../protocol/messages.ts';
import { connectWorker } from '../../protocol/remote.ts';
import type { StoreWorkerApi } from '../../storage/workerApi.ts';
import type { WorkerLinks } from './connections.ts';

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
  openTrainer: () =>
    connectWorker<TrainControl>(
      new Worker(new URL('../../../workers/train.worker.ts', import.meta.url), {
        type: 'module',
        name: 'train',
      }),
      'training worker',
    ),
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
