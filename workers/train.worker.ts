// The training thread: rollouts and updates on one device. Wiring only.

import { chooseEngine, deviceFacts } from '../src/engine/index.ts';
import { EventBatcher } from '../src/protocol/eventBatcher.ts';
import type { StartRequest, TrainControl } from '../src/protocol/messages.ts';
import { connectPort, exposeApi } from '../src/protocol/remote.ts';
import type { StoreWorkerApi } from '../src/storage/index.ts';
import { RunController } from '../src/training/controller.ts';
import { macrotask } from './macrotask.ts';

/** A Web Lock on the run: another tab cannot train it too, and the browser does not put this thread to sleep. */
function lock(runId: string): Promise<(() => void) | null> {
  if (!navigator.locks) return Promise.resolve(() => undefined);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`cosmo-run-${runId}`, { ifAvailable: true }, (granted) => {
        if (!granted) {
          resolve(null);
          return;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

let controller: RunController | null = null;

function connected(): RunController {
  if (!controller) throw new Error('the training worker was used before it was connected');
  return controller;
}

const control: TrainControl = {
  async connect(storePort, eventPort) {
    const store = connectPort<StoreWorkerApi>(storePort, 'store worker').api;
    const events = new EventBatcher(eventPort);
    controller = new RunController({
      store,
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
  },
  describeDevice: async (choice) => connected().describeDevice(choice),
  estimate: async (request) => connected().estimate(request),
  start: async (request: StartRequest) => connected().start(request),
  pause: async () => connected().pause(),
  resume: async () => connected().resume(),
  step: async () => connected().step(),
  stop: async () => connected().stop(),
  skip: async (stage) => connected().skip(stage),
};

exposeApi(control, self);
