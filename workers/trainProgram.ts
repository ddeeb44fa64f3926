// The training thread: rollouts and updates on one device. Wiring only.

import { chooseEngine, deviceFacts } from '../src/engine/index.ts';
import { EventBatcher } from '../src/protocol/eventBatcher.ts';
import { holdLock } from '../src/protocol/locks.ts';
import type { TrainControl } from '../src/protocol/messages.ts';
import { startPageWorker } from '../src/protocol/pageWorkers.ts';
import { connectPort, exposeConnected, type Remote } from '../src/protocol/remote.ts';
import type { StoreWorkerApi } from '../src/storage/index.ts';
import { runLock } from '../src/terms/run.ts';
import { RunController } from '../src/training/controller.ts';
import { macrotask } from './macrotask.ts';

/**
 * A Web Lock on the run: another tab cannot train it too, and the browser does not put this thread to sleep. Without Web Locks the
 * store worker claims it, which always has time to answer other tabs.
 */
async function lock(store: Remote<StoreWorkerApi>, runId: string): Promise<(() => void) | null> {
  const release = await holdLock(runLock(runId));
  if (release !== null) return release === 'taken' ? null : release;
  if (!(await store.claimRun(runId))) return null;
  return () => void store.letGoRun(runId).catch(() => undefined);
}

exposeConnected<TrainControl>((storePort, eventPort) => {
  const events = new EventBatcher(eventPort);
  const store = connectPort<StoreWorkerApi>(storePort, 'store worker').api;
  return new RunController({
    store,
    emit: (event) => {
      events.push(event);
      if (event.kind === 'status' || event.kind === 'error') events.flush();
    },
    chooseEngine: (choice, spec, options) =>
      chooseEngine(choice, spec, { ...options, startHelper: (message) => startPageWorker(self, message) }),
    deviceFacts,
    yieldThread: macrotask,
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    lock: (runId) => lock(store, runId),
  });
}, self);
