// Worker of the benchmark: one contestant at one size, driven call by call.

import { webglRenderer } from '../../engine/device/capabilities.ts';
import { findAdapter } from '../../engine/device/webgpuDevice.ts';
import { chooseEngine } from '../../engine/index.ts';
import { type EngineEntry, engineOf } from '../engines.ts';
import { type BenchSize, policySpec } from '../task.ts';
import type { AdapterKind, MeasureKind, Partial, RunResult } from '../types.ts';
import { callCounts, countsBetween, watchGpu } from './callCounts.ts';
import { offerCompatibility } from './compatibility.ts';
import { type Contestant, rlIteration } from './contestant.ts';
import { cpuPeak, gpuPeak } from './peak.ts';

export type BenchCalls = typeof calls;
export type BenchCall = { id: number; name: keyof BenchCalls; args: unknown[] };
export type BenchAnswer =
  | { id: number; result: unknown; ms: number }
  | { id: number; error: string }
  | { id: number; partial: Partial };

let contestant: Contestant | null = null;
let currentId = 0;

async function start({ family, backend }: EngineEntry, size: BenchSize): Promise<Contestant> {
  if (family === 'ours' || family === 'eager') return (await import('./ours.ts')).startOurs(backend, size);
  // The others ask for core WebGPU alone.
  offerCompatibility();
  if (family === 'tfjs') return (await import('./tfjs.ts')).startTfjs(backend, size);
  return (await import('./jax.ts')).startJax(backend, size);
}

function running(): Contestant {
  if (!contestant) throw new Error('no contestant has been started in this worker');
  return contestant;
}

const tell = (partial: Partial): void => self.postMessage({ id: currentId, partial } satisfies BenchAnswer);

const calls = {
  /** Starts a contestant; what it runs on. */
  async start(engine: string, size: BenchSize): Promise<string> {
    watchGpu();
    contestant = await start(engineOf(engine), size);
    return contestant.adapter;
  },

  /** One run of a measure; round 0 begins from the starting weights. */
  async run(measure: MeasureKind, round: number): Promise<RunResult> {
    const entry = running();
    if (round === 0) await entry.reset();
    const counts = () => entry.counters() ?? callCounts();
    const before = counts();
    if (measure === 'rl') {
      const result = await rlIteration(entry, round, (phase, phases, tokens) =>
        tell({ phase, phases, tokens }),
      );
      return { ...result, counts: countsBetween(before, counts()) };
    }
    const from = performance.now();
    const loss = await entry.sftStep();
    const ms = performance.now() - from;
    return { ms, loss, sampled: null, phases: null, counts: countsBetween(before, counts()) };
  },

  /** `threads` counts for the processor alone. */
  async peak(adapter: AdapterKind, threads: number) {
    return adapter === 'cpu' ? cpuPeak(threads) : gpuPeak(adapter);
  },

  /** The browser's adapters, and what the engine choice `auto` takes here. */
  async about(size: BenchSize) {
    const found = await findAdapter().catch(() => null);
    const { engine, reason } = await chooseEngine('auto', policySpec(size.model));
    const about = {
      webgpu: found?.description ?? 'none',
      webgl: webglRenderer() ?? 'none',
      engine: engine.name,
      reason,
      wasmThreads: 1,
    };
    engine.dispose();
    const { engine: wasm } = await chooseEngine('wasm');
    about.wasmThreads = wasm.threads ?? 1;
    wasm.dispose();
    return about;
  },
};

self.onmessage = async ({ data: { id, name, args } }: MessageEvent<BenchCall>) => {
  currentId = id;
  try {
    const call = calls[name] as (...args: unknown[]) => Promise<unknown>;
    const from = performance.now();
    const result = await call(...args);
    self.postMessage({ id, result, ms: performance.now() - from } satisfies BenchAnswer);
  } catch (error) {
    const text = error instanceof Error ? error.message || String(error.stack) : String(error);
    self.postMessage({ id, error: text } satisfies BenchAnswer);
  }
};
