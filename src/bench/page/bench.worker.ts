// Worker of the benchmark: one contestant at one size, driven call by call.

import { expose } from 'comlink';
import { webglRenderer } from '../../engine/device/capabilities.ts';
import { findAdapter } from '../../engine/device/webgpuDevice.ts';
import { chooseEngine } from '../../engine/index.ts';
import { type EngineEntry, engineOf } from '../engines.ts';
import { type BenchSize, policySpec, type Work } from '../task.ts';
import type { AdapterKind, MeasureKind, Partial, RunResult, Started } from '../types.ts';
import { workOf } from '../worldWork.ts';
import { callCounts, countsBetween, watchGpu } from './callCounts.ts';
import { offerCompatibility } from './compatibility.ts';
import { type Contestant, rlIteration, steps } from './contestant.ts';
import { cpuPeaks, gpuPeak } from './peak.ts';

export type BenchCalls = typeof calls;

let running: { contestant: Contestant; work: Work } | null = null;
/** Hears how far a run is. */
let tell: (partial: Partial) => void = () => undefined;

async function start(entry: EngineEntry, size: BenchSize): Promise<Contestant> {
  const { family, backend } = entry;
  if (family === 'ours' || family === 'eager') return (await import('./ours.ts')).startOurs(entry, size);
  // The others ask for core WebGPU alone.
  offerCompatibility();
  if (family === 'tfjs') return (await import('./tfjs.ts')).startTfjs(backend, size);
  return (await import('./jax.ts')).startJax(backend, size);
}

const calls = {
  listen(hear: typeof tell): void {
    tell = hear;
  },

  /** Starts a contestant. */
  async start(engine: string, size: BenchSize): Promise<Started> {
    watchGpu();
    const contestant = await start(engineOf(engine), size);
    running = { contestant, work: workOf(size) };
    return { words: contestant.adapter, simd: contestant.simd };
  },

  /** One run of a measure; round 0 begins from the starting weights. */
  async run(measure: MeasureKind, round: number): Promise<RunResult> {
    if (!running) throw new Error('no contestant has been started in this worker');
    const { contestant, work } = running;
    if (round === 0) await contestant.reset();
    const counts = () => contestant.counters() ?? callCounts();
    const before = counts();
    const run = {
      sft: () => steps(work.sft, (batch) => contestant.sftStep(batch)),
      heads: () => steps(work.heads, (batch) => contestant.headsStep(batch)),
      rl: () =>
        rlIteration(contestant, work, round, (phase, phases, tokens) => tell({ phase, phases, tokens })),
    }[measure];
    return { ...(await run()), counts: countsBetween(before, counts()) };
  },

  /** `threads` counts for the processor alone. */
  async peaks(adapter: AdapterKind, threads: number) {
    return adapter === 'cpu' ? cpuPeaks(threads) : [await gpuPeak(adapter)];
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
