// Starts the fused engine on WebAssembly SIMD.

import type { Engine } from '../types.ts';
import type { Shared } from './boundPlans.ts';
import { SCRATCH_BYTES } from './frame.ts';
import { loadKernels } from './kernels.ts';
import { LinearMemory } from './memory.ts';
import { WasmModel } from './model.ts';

/** Starts the fused engine on WebAssembly SIMD. @throws Error when the browser has no SIMD. */
export async function createWasmEngine(kernelBytes?: BufferSource): Promise<Engine> {
  const memory = new LinearMemory();
  const kernels = await loadKernels(memory.memory, kernelBytes);
  memory.reserve(kernels.heapBase());
  const shared: Shared = {
    kernels,
    memory,
    scratch: memory.allocate(SCRATCH_BYTES / 4),
    arena: { region: memory.allocate(16), generation: 0 },
  };
  return {
    name: 'wasm',
    tier: 'fused',
    adapter: 'WebAssembly SIMD, 1 thread',
    createModel: async (spec, seed) => new WasmModel(shared, spec, seed),
    dispose: () => undefined,
  };
}
