// The eager engine: every operation through tfjs, on any of its backends.

import type { EagerEngineName } from '../../terms/engines.ts';
import type { Engine } from '../types.ts';
import { startBackend } from './backends.ts';
import { EagerModel } from './model.ts';

/**
 * Starts an eager engine; tfjs and the backend are loaded by this call.
 * @throws PlaygroundError `no-device` where the backend does not exist.
 */
export async function createEagerEngine(name: EagerEngineName): Promise<Engine> {
  const backend = await startBackend(name);
  backend.retain();
  const onProcessor = name === 'tfjs-wasm' || name === 'cpu';
  let disposed = false;
  return {
    name,
    tier: 'eager',
    adapter: backend.adapter,
    simd: onProcessor ? (name === 'tfjs-wasm' ? 'plain' : 'none') : null,
    threads: onProcessor ? 1 : null,
    createModel: async (spec, seed) => new EagerModel(backend, spec, seed),
    dispose: () => {
      if (!disposed) backend.release();
      disposed = true;
    },
  };
}
