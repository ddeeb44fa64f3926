// Which engine a machine gets: the one asked for, or the one that measures faster.

import { PlaygroundError } from '../../base/errors.ts';
import type { ModelSpec } from '../../model/graph.ts';
import type { EagerEngineName, EngineChoice, GpuKernelChoice, WasmSimdChoice } from '../../terms/engines.ts';
import type { Engine } from '../types.ts';
import type { StartHelper } from '../wasm/threads/start.ts';
import { hasWasmSimd, noDevice, webgpu } from './capabilities.ts';
import { measureStep } from './measure.ts';
import { type MeasurementCache, measurementCache, remembered } from './tuningCache.ts';
import { findAdapter } from './webgpuDevice.ts';

export type ChosenEngine = {
  engine: Engine;
  /** One sentence for the device card: why this one. */
  reason: string;
  /** Milliseconds of one training step, by engine, where it was measured (now or on an earlier visit). */
  measuredMs: Record<string, number>;
};

export type ChooseOptions = {
  gpuKernels?: GpuKernelChoice;
  /** Threads of `wasm`; 0 or none: as many as fit the machine. */
  wasmThreads?: number;
  /** Build of the kernels of `wasm`; `auto`: the faster one that the machine has. */
  wasmSimd?: WasmSimdChoice;
  /** How another thread starts the further threads of `wasm`; by default this one does. */
  startHelper?: StartHelper;
  /** Where measurements are kept; null for nowhere. Default: a small database of the browser. */
  cache?: MeasurementCache | null;
};

type Start = Required<Omit<ChooseOptions, 'startHelper'>> & Pick<ChooseOptions, 'startHelper'>;

/** Part of the cache key: another number after changes that make an engine faster. */
const MEASURE_VERSION = 2;

/**
 * Starts an engine. `auto` takes `wasm` unless a hardware WebGPU adapter measures faster with `spec` (without a spec nothing is
 * measured). A choice by name is taken or refused, never replaced.
 * @throws PlaygroundError `no-device` saying what is missing and what to choose instead.
 */
export async function chooseEngine(
  choice: EngineChoice,
  spec?: ModelSpec,
  options: ChooseOptions = {},
): Promise<ChosenEngine> {
  const given: Start = {
    gpuKernels: options.gpuKernels ?? 'auto',
    wasmThreads: options.wasmThreads ?? 0,
    wasmSimd: options.wasmSimd ?? 'auto',
    startHelper: options.startHelper,
    cache: options.cache === undefined ? measurementCache() : options.cache,
  };
  if (choice !== 'auto') {
    const engine = await startNamed(choice, given);
    return { engine, reason: `"${choice}" was chosen in the settings.`, measuredMs: {} };
  }
  if (!hasWasmSimd()) return withoutSimd(given);
  const { adapter, why } = await worthMeasuring(spec);
  if (adapter === null || !spec) {
    return { engine: await startWasm(given), reason: `The fused wasm engine: ${why}.`, measuredMs: {} };
  }
  return fasterOf(adapter, spec, given);
}

/** Whether WebGPU on this machine deserves a measurement, and if not, why. */
async function worthMeasuring(spec: ModelSpec | undefined): Promise<{ adapter: string | null; why: string }> {
  if (!webgpu()) return { adapter: null, why: 'there is no WebGPU here' };
  const found = await findAdapter().catch(() => null);
  if (!found) return { adapter: null, why: 'WebGPU finds no graphics adapter' };
  if (found.software) {
    return {
      adapter: null,
      why: `the WebGPU adapter (${found.description}) is a software renderer, which is slower`,
    };
  }
  if (!spec?.config.outputs.lm) return { adapter: null, why: 'no model was given to measure WebGPU with' };
  return { adapter: found.description, why: '' };
}

type Times = { wasm: number; wgsl: number };

/** One training step on each, now or on an earlier visit; a WebGPU that fails loses. */
async function fasterOf(adapter: string, spec: ModelSpec, given: Start): Promise<ChosenEngine> {
  const { cache, gpuKernels, wasmThreads, wasmSimd } = given;
  const { backbone, size, imageSizePx } = spec.config;
  const key = `step ${MEASURE_VERSION}: ${adapter}: ${backbone} ${size} ${imageSizePx} ${gpuKernels} ${wasmThreads} ${wasmSimd}`;
  const kept = await remembered<Times>(cache, key, ({ wasm, wgsl }) => wasm > 0 && wgsl > 0);
  const started = new Map<'wasm' | 'wgsl', Engine>();
  const start = async (name: 'wasm' | 'wgsl') => {
    const engine = started.get(name) ?? (await startNamed(name, given));
    started.set(name, engine);
    return engine;
  };
  let times = kept;
  if (!times) {
    times = { wasm: await measureStep(await start('wasm'), spec), wgsl: Number.NaN };
    try {
      times.wgsl = await measureStep(await start('wgsl'), spec);
    } catch (error) {
      started.get('wgsl')?.dispose();
      const reason = `The fused wasm engine: WebGPU (${adapter}) failed its trial step: ${(error as Error).message}`;
      return { engine: await start('wasm'), reason, measuredMs: { wasm: times.wasm } };
    }
    await cache?.set(key, JSON.stringify(times)).catch(() => undefined);
  }
  const [winner, loser] = times.wgsl < times.wasm ? (['wgsl', 'wasm'] as const) : (['wasm', 'wgsl'] as const);
  started.get(loser)?.dispose();
  const when = kept ? ', measured on an earlier visit' : '';
  return {
    engine: await start(winner),
    reason: `${winner === 'wgsl' ? 'WebGPU' : 'The fused wasm engine'} is faster: ${times.wasm.toFixed(1)} ms a step on wasm, ${times.wgsl.toFixed(1)} ms on WebGPU (${adapter}${when}).`,
    measuredMs: times,
  };
}

/** Old browsers: WebGPU or WebGL, else plain JavaScript. */
async function withoutSimd(given: Start): Promise<ChosenEngine> {
  for (const name of ['wgsl', 'webgl'] as const) {
    try {
      const engine = await startNamed(name, given);
      return { engine, reason: `There is no WebAssembly SIMD here; "${name}" works.`, measuredMs: {} };
    } catch (error) {
      if (!(error instanceof PlaygroundError)) throw error;
    }
  }
  return {
    engine: await startEager('cpu'),
    reason: 'There is no WebAssembly SIMD, WebGPU or WebGL here: plain JavaScript, which is slow.',
    measuredMs: {},
  };
}

function startNamed(name: Exclude<EngineChoice, 'auto'>, given: Start): Promise<Engine> {
  if (name === 'wasm') return startWasm(given);
  if (name === 'wgsl') return startWgsl(given);
  return startEager(name);
}

async function startWasm({ wasmThreads, wasmSimd, startHelper }: Start): Promise<Engine> {
  if (!hasWasmSimd()) {
    throw noDevice(
      'This browser has no WebAssembly SIMD, which the engine "wasm" is made of.',
      'Use a browser from 2022 or later, or choose the engine "cpu".',
    );
  }
  const { createWasmEngine } = await import('../wasm/engine.ts');
  const threads = wasmThreads > 0 ? wasmThreads : undefined;
  return createWasmEngine({ threads, simd: wasmSimd, startHelper });
}

async function startWgsl({ gpuKernels, cache }: Start): Promise<Engine> {
  const { createWgslEngine, PARALLEL, PORTABLE } = await import('../wgsl/engine.ts');
  const variants = { auto: {}, portable: PORTABLE, parallel: PARALLEL }[gpuKernels];
  return createWgslEngine({ variants, cache: cache ?? undefined });
}

async function startEager(name: EagerEngineName): Promise<Engine> {
  const { createEagerEngine } = await import('../eager/engine.ts');
  return createEagerEngine(name);
}
