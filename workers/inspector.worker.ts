// The inspector thread: answers the page's questions on stored runs and released models. Wiring only.

import { DEFAULTS } from '../src/config/index.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { Inspector } from '../src/inspector/inspector.ts';
import { PlaygroundError } from '../src/protocol/errors.ts';
import type { InspectorControl } from '../src/protocol/inspector.ts';
import { connectPort, exposeApi } from '../src/protocol/remote.ts';
import { Releases } from '../src/releases/releases.ts';
import type { StoreWorkerApi } from '../src/storage/index.ts';
import { modelSpecs } from '../src/training/rewardModel.ts';
import { macrotask } from './macrotask.ts';

let inspector: Inspector | null = null;

function connected(): Inspector {
  if (inspector) return inspector;
  throw new PlaygroundError(
    'internal',
    'The inspector was asked before it was connected.',
    'Reload the page.',
  );
}

const control: InspectorControl = {
  async connect(storePort, modelsUrl) {
    inspector = new Inspector({
      store: connectPort<StoreWorkerApi>(storePort, 'store worker').api,
      releases: new Releases(modelsUrl),
      // The kernels on the CPU: they can look inside, need no adapter, and leave the GPU to training.
      openEngine: async () => {
        const options = { gpuKernels: 'auto', wasmThreads: 1 } as const;
        return (await chooseEngine('wasm', modelSpecs(DEFAULTS).policy, options)).engine;
      },
      yieldThread: macrotask,
    });
  },
  released: async () => connected().released(),
  catalogue: async (settings) => connected().catalogue(settings),
  draw: async (request) => connected().draw(request),
  compose: async (request) => connected().compose(request),
  picture: async (request) => connected().picture(request),
  answer: async (request) => connected().answer(request),
  group: async (request) => connected().group(request),
  rescore: async (request) => connected().rescore(request),
  references: async (settings) => connected().references(settings),
  evaluate: async (request) => connected().evaluate(request),
  evaluationProgress: async () => connected().evaluationProgress(),
  cancelEvaluation: async () => connected().cancelEvaluation(),
  report: async (runId) => connected().report(runId),
  adopt: async (model) => connected().adopt(model),
};

exposeApi(control, self);
