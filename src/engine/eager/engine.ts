// The eager engine: every operation through tfjs, on any of its backends.

import type { Engine } from '../types.ts';
import { type EagerBackendName, startBackend } from './backends.ts';
import { EagerModel } from './model.ts';

export type { EagerBackendName } from './backends.ts';

/**
 * Starts an eager engine; tfjs and the backend are loaded by this call.
 * @throws EngineError `no-device` where the backend does not exist.
 */
export async function createEagerEngine(name: EagerBackendName): Promise<Engine> {
  const backend = await startBackend(name);
  backend.retain();
  let disposed = false;
  return {
    name,
    tier: 'eager',
    adapter: backend.adapter,
    createModel: async (spec, seed) => new EagerModel(backend, spec, seed),
    dispose: () => {
      if (!disposed) backend.release();
      disposed = true;
    },
  };
}
