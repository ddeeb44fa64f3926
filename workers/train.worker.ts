// The training thread: rollouts and updates on one device. Wiring only.

import { chooseEngine, deviceFacts } from '../src/engine/index.ts';
import { EventBatcher } from '../src/protocol/eventBatcher.ts';
import type { TrainControl } from '../src/protocol/messages.ts';
import { connectPort, exposeConnected } from '../src/protocol/remote.ts';
import type { StoreWorkerApi } from '../src/storage/index.ts';
import { runLock } from '../src/terms/run.ts';
import { RunController } from '../src/training/controller.ts';
import { macrotask } from './macrotask.ts';

/** A Web Lock on the run: another tab cannot train it too, and the browser does not put this thread to sleep. */
function lock(runId: string): Promise<(() => void) | null> {
  if (!navigator.locks) return Promise.resolve(() => undefined);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(runLock(runId), { ifAvailable: true }, (granted) => {
        if (!granted) {
          resolve(null);
          return;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

exposeConnected<TrainControl>((storePort, eventPort) => {
  const events = new EventBatcher(eventPort);
  return new RunController({
    store: connectPort<StoreWorkerApi>(storePort, 'store worker').api,
    emit: (event) => {
      events.push(event);
      if (event.kind === 'status' || event.kind === 'error') events.flush();
    },
    chooseEngine,
    deviceFacts,
    yieldThread: macrotask,
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    lock,
  });
}, self);
