// Which engine a machine gets: the one asked for, or the one that measures faster.

import type { ModelSpec } from '../../model/graph.ts';
import type { EagerBackendName } from '../eager/engine.ts';
import type { Engine } from '../types.ts';
import { hasWasmSimd, webgpu } from './capabilities.ts';
import { EngineError } from './errors.ts';
import { measureStep } from './measure.ts';
import { findAdapter } from './webgpuDevice.ts';

export const ENGINE_CHOICES = ['auto', 'wasm', 'webgpu', 'webgl', 'tfjs-wasm', 'cpu'] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

export type ChosenEngine = {
  engine: Engine;
  /** One sentence for the device card: why this one. */
  reason: string;
  /** Milliseconds of one small training step, by engine, where it was measured. */
  measuredMs: Record<string, number>;
};

/**
 * Starts an engine. `auto` takes the fused `wasm` engine unless a hardware WebGPU adapter measures faster with `spec`
 * (without a spec nothing is measured). A choice by name is taken or refused, never replaced.
 * @throws EngineError `no-device` saying what is missing and what to choose instead.
 */
export async function chooseEngine(choice: EngineChoice, spec?: ModelSpec): Promise<ChosenEngine> {
  if (choice !== 'auto') {
    const engine = choice === 'wasm' ? await startFused() : await startEager(choice);
    return { engine, reason: `"${choice}" was chosen in the settings.`, measuredMs: {} };
  }
  if (!hasWasmSimd()) return withoutSimd();
  const { chosen, why } = await worthMeasuring(spec);
  const fused = await startFused();
  if (!chosen || !spec) return { engine: fused, reason: `The fused wasm engine: ${why}.`, measuredMs: {} };
  return fasterOf(fused, chosen, spec);
}

/** Whether WebGPU on this machine deserves a measurement, and if not, why. */
async function worthMeasuring(spec: ModelSpec | undefined): Promise<{ chosen: string | null; why: string }> {
  if (!webgpu()) return { chosen: null, why: 'there is no WebGPU here' };
  const found = await findAdapter().catch(() => null);
  if (!found) return { chosen: null, why: 'WebGPU finds no graphics adapter' };
  if (found.software) {
    return {
      chosen: null,
      why: `the WebGPU adapter (${found.description}) is a software renderer, which is slower`,
    };
  }
  if (!spec?.config.outputs.lm) return { chosen: null, why: 'no model was given to measure WebGPU with' };
  return { chosen: found.description, why: '' };
}

/** One small training step on each; a WebGPU that fails loses. */
async function fasterOf(fused: Engine, adapter: string, spec: ModelSpec): Promise<ChosenEngine> {
  const measuredMs: Record<string, number> = { wasm: await measureStep(fused, spec) };
  let eager: Engine | null = null;
  try {
    eager = await startEager('webgpu');
    measuredMs.webgpu = await measureStep(eager, spec);
  } catch (error) {
    eager?.dispose();
    return {
      engine: fused,
      reason: `The fused wasm engine: WebGPU (${adapter}) failed its trial step: ${(error as Error).message}`,
      measuredMs,
    };
  }
  const figures = `${measuredMs.wasm.toFixed(1)} ms a step on wasm, ${measuredMs.webgpu.toFixed(1)} ms on WebGPU (${adapter})`;
  if (measuredMs.webgpu < measuredMs.wasm) {
    fused.dispose();
    return { engine: eager, reason: `WebGPU measured faster: ${figures}.`, measuredMs };
  }
  eager.dispose();
  return { engine: fused, reason: `The fused wasm engine measured faster: ${figures}.`, measuredMs };
}

/** Old browsers: WebGPU or WebGL through tfjs, else plain JavaScript. */
async function withoutSimd(): Promise<ChosenEngine> {
  for (const name of ['webgpu', 'webgl'] as const) {
    try {
      const engine = await startEager(name);
      return { engine, reason: `There is no WebAssembly SIMD here; "${name}" works.`, measuredMs: {} };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
  return {
    engine: await startEager('cpu'),
    reason: 'There is no WebAssembly SIMD, WebGPU or WebGL here: plain JavaScript, which is slow.',
    measuredMs: {},
  };
}

async function startFused(): Promise<Engine> {
  if (!hasWasmSimd()) {
    throw new EngineError(
      'no-device',
      'This browser has no WebAssembly SIMD, which the engine "wasm" is made of.',
      'Use a browser from 2022 or later, or choose the engine "cpu".',
    );
  }
  const { createWasmEngine } = await import('../wasm/engine.ts');
  return createWasmEngine();
}

async function startEager(name: EagerBackendName): Promise<Engine> {
  const { createEagerEngine } = await import('../eager/engine.ts');
  return createEagerEngine(name);
}
