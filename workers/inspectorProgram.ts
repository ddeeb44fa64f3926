// The inspector thread: answers the page's questions on stored runs and released models. Wiring only.

import { DEFAULTS } from '../src/config/index.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { Inspector } from '../src/inspector/inspector.ts';
import type { InspectorControl } from '../src/protocol/inspector.ts';
import { connectPort, exposeConnected } from '../src/protocol/remote.ts';
import { Releases } from '../src/releases/releases.ts';
import type { StoreWorkerApi } from '../src/storage/index.ts';
import { modelSpecs } from '../src/training/rewardModel.ts';
import { macrotask } from './macrotask.ts';

exposeConnected<InspectorControl>(
  (storePort, modelsUrl) =>
    new Inspector({
      store: connectPort<StoreWorkerApi>(storePort, 'store worker').api,
      releases: new Releases(modelsUrl),
      // The kernels on the CPU: they can look inside, need no adapter, and leave the GPU to training.
      openEngine: async () => {
        const options = { gpuKernels: 'auto', wasmThreads: 1 } as const;
        return (await chooseEngine('wasm', modelSpecs(DEFAULTS).policy, options)).engine;
      },
      yieldThread: macrotask,
    }),
  self,
);
