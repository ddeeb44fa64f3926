// Worker of the benchmark: one contestant at one size, driven call by call.

import { expose } from 'comlink';
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

let contestant: Contestant | null = null;
/** Hears how far a run is. */
let tell: (partial: Partial) => void = () => undefined;

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

const calls = {
  listen(hear: typeof tell): void {
    tell = hear;
  },

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

expose(calls);
