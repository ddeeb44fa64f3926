// Starts the fused engine on WebAssembly SIMD, on one thread or on several that share the memory.

import type { WasmSimdChoice } from '../../terms/engines.ts';
import { canFuse, noDevice } from '../device/capabilities.ts';
import type { Engine } from '../types.ts';
import type { Shared } from './boundPlans.ts';
import { SCRATCH_BYTES } from './frame.ts';
import { fetchKernels, instantiateKernels } from './kernels.ts';
import { LinearMemory } from './memory.ts';
import { WasmModel } from './model.ts';
import { requireRoom } from './room.ts';
import type { StartHelper } from './threads/start.ts';
import { startTeam } from './threads/team.ts';

export type WasmEngineOptions = {
  /** Threads, this one among them. By default one, or up to four in a page that is cross-origin isolated. */
  threads?: number;
  /**
   * Whether the kernels round a product and a sum once, which is faster and gives other bits: `auto` where the processor and the browser
   * do. By default `plain`, whose bits are the same everywhere.
   */
  simd?: WasmSimdChoice;
  /** How another thread starts a helper; by default this one does. */
  startHelper?: StartHelper;
};

/** More threads than this gain little on models of this size. */
const MAX_THREADS = 4;

function defaultThreads(): number {
  const isolated = typeof crossOriginIsolated === 'boolean' && crossOriginIsolated;
  return isolated ? Math.min(MAX_THREADS, navigator.hardwareConcurrency ?? 1) : 1;
}

/** What models share, with an arena that is still empty, and what ends with the engine. @throws Error when the browser has no SIMD. */
export async function createCore({
  threads = defaultThreads(),
  simd = 'plain',
  startHelper,
}: WasmEngineOptions = {}) {
  const fused = simd !== 'plain' && (await canFuse());
  if (simd === 'fused' && !fused) throw notFused();
  if (threads > 1) {
    try {
      return await startCore(threads, fused, startHelper);
    } catch {
      // No shared memory or no helpers: one thread does the same, and `threads` says so.
    }
  }
  return startCore(1, fused);
}

const notFused = () =>
  noDevice(
    'This browser or processor has no fused multiply-add in WebAssembly.',
    'Take the portable kernels (--wasm-simd plain), or a browser that has it.',
  );

async function startCore(threads: number, fused: boolean, startHelper?: StartHelper) {
  const memory = new LinearMemory(threads > 1);
  const module = await WebAssembly.compile(await fetchKernels({ shared: threads > 1, fused }));
  const alone = { kernels: await instantiateKernels(module, memory.memory), dispose: () => {} };
  memory.reserve(alone.kernels.heapBase());
  const scratch = memory.allocate((threads * SCRATCH_BYTES) / 4);
  const { kernels, dispose } =
    threads > 1 ? await startTeam(threads, module, alone.kernels, memory, startHelper) : alone;
  const arena = { region: memory.allocate(16), generation: 0 };
  return { shared: { kernels, memory, scratch, arena } satisfies Shared, threads, fused, dispose };
}

/** Starts the fused engine on WebAssembly SIMD. @throws Error when the browser has no SIMD. */
export async function createWasmEngine(options: WasmEngineOptions = {}): Promise<Engine> {
  const { shared, threads, fused, dispose } = await createCore(options);
  const room = { mostBytes: shared.memory.mostBytes, takenBytes: shared.memory.usedBytes };
  return {
    name: 'wasm',
    tier: 'fused',
    adapter: 'WebAssembly',
    simd: fused ? 'fused' : 'plain',
    threads,
    createModel: async (spec, seed) => new WasmModel(shared, spec, seed),
    requireRoom: (models, work) => requireRoom(room, models, work),
    dispose,
  };
}
