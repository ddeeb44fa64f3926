// Starts the fused engine on WebAssembly SIMD, on one thread or on several that share the memory.

import type { Engine } from '../types.ts';
import type { Shared } from './boundPlans.ts';
import { SCRATCH_BYTES } from './frame.ts';
import { fetchKernels, instantiateKernels, type Kernels, loadKernels } from './kernels.ts';
import { LinearMemory } from './memory.ts';
import { WasmModel } from './model.ts';
import { startTeam } from './threads/team.ts';

export type WasmEngineOptions = {
  /** Threads, this one among them. By default one, or up to four in a page that is cross-origin isolated. */
  threads?: number;
};

/** More threads than this gain little on models of this size. */
const MAX_THREADS = 4;

function defaultThreads(): number {
  const isolated = typeof crossOriginIsolated === 'boolean' && crossOriginIsolated;
  return isolated ? Math.min(MAX_THREADS, navigator.hardwareConcurrency ?? 1) : 1;
}

/** What models share, and what ends with the engine. */
export type WasmCore = { shared: Shared; threads: number; dispose(): void };

/** The memory with its kernels, scratch and an arena that is still empty. @throws Error when the browser has no SIMD. */
export async function createCore(
  kernelBytes?: BufferSource,
  { threads = defaultThreads() }: WasmEngineOptions = {},
): Promise<WasmCore> {
  if (threads > 1) {
    try {
      return await createSharedCore(threads);
    } catch {
      // No shared memory or no helpers: one thread does the same, and `threads` says so.
    }
  }
  const memory = new LinearMemory();
  const kernels = await loadKernels(memory.memory, kernelBytes);
  memory.reserve(kernels.heapBase());
  return {
    shared: makeShared(memory, kernels, memory.allocate(SCRATCH_BYTES / 4)),
    threads: 1,
    dispose: () => undefined,
  };
}

async function createSharedCore(threads: number): Promise<WasmCore> {
  const memory = new LinearMemory(true);
  const module = await WebAssembly.compile(await fetchKernels('shared'));
  const kernels = await instantiateKernels(module, memory.memory);
  memory.reserve(kernels.heapBase());
  const scratch = memory.allocate((threads * SCRATCH_BYTES) / 4);
  const team = await startTeam(threads, module, kernels, memory);
  return { shared: makeShared(memory, team.kernels, scratch), threads, dispose: team.dispose };
}

function makeShared(memory: LinearMemory, kernels: Kernels, scratch: Shared['scratch']): Shared {
  return { kernels, memory, scratch, arena: { region: memory.allocate(16), generation: 0 } };
}

/** Starts the fused engine on WebAssembly SIMD. @throws Error when the browser has no SIMD. */
export async function createWasmEngine(
  kernelBytes?: BufferSource,
  options: WasmEngineOptions = {},
): Promise<Engine> {
  const { shared, threads, dispose } = await createCore(kernelBytes, options);
  return {
    name: 'wasm',
    tier: 'fused',
    adapter: 'WebAssembly',
    simd: true,
    threads,
    createModel: async (spec, seed) => new WasmModel(shared, spec, seed),
    dispose,
  };
}
