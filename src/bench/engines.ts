// The contestants: ours, plain tfjs, jax-js and PyTorch, each on its backends.

import { ENGINE_TABLE, ENGINES as ENGINES_OF_SETTINGS, type WasmSimdChoice } from '../terms/engines.ts';
import type { BenchSize } from './task.ts';
import type { AdapterKind } from './types.ts';

export type Family = 'ours' | 'eager' | 'tfjs' | 'jax' | 'torch';

export type EngineEntry = {
  id: string;
  family: Family;
  /** Name within the family: an engine choice, a tfjs backend, or a device of jax-js or PyTorch. */
  backend: string;
  /** Whether it computes on a graphics adapter, and so runs once per adapter. */
  gpu: boolean;
  /** The build of our kernels on the processor. */
  simd: WasmSimdChoice;
  label: string;
};

/** The engines of the settings; those that run op by op are named after their backend in tfjs. */
const OURS = ENGINES_OF_SETTINGS.map((backend): EngineEntry => {
  const { tier, gpu } = ENGINE_TABLE[backend];
  const short = backend.replace('tfjs-', '');
  return tier === 'fused'
    ? entry(backend, 'ours', backend, gpu, `ours ${backend}`)
    : entry(`eager-${short}`, 'eager', backend, gpu, `ours eager ${short}`);
});

function entry(id: string, family: Family, backend: string, gpu: boolean, label: string): EngineEntry {
  return { id, family, backend, gpu, label, simd: 'auto' };
}

/** Ids as the command line takes them. `ours` are the fused engines, `eager` is our model on tfjs operations. */
export const ENGINES: readonly EngineEntry[] = [
  ...OURS,
  { ...entry('wasm-plain', 'ours', 'wasm', false, 'ours wasm-plain'), simd: 'plain' },
  entry('tfjs-webgpu', 'tfjs', 'webgpu', true, 'tfjs webgpu'),
  entry('tfjs-webgl', 'tfjs', 'webgl', true, 'tfjs webgl'),
  entry('tfjs-wasm', 'tfjs', 'wasm', false, 'tfjs wasm'),
  entry('tfjs-cpu', 'tfjs', 'cpu', false, 'tfjs cpu'),
  entry('jax-webgpu', 'jax', 'webgpu', true, 'jax-js webgpu'),
  entry('jax-wasm', 'jax', 'wasm', false, 'jax-js wasm'),
  entry('torch-cpu', 'torch', 'cpu', false, 'PyTorch cpu'),
  entry('torch-cuda', 'torch', 'cuda', true, 'PyTorch cuda'),
];

/** Short names of the browsers' adapters. */
export const ADAPTER_WORDS: { readonly [adapter in AdapterKind]: string } = {
  cpu: 'CPU',
  swiftshader: 'SwiftShader',
  opengles: 'compat GL',
  system: 'GPU',
};

/** Whether a contestant takes the batches of a size: the models that are written as tutorials would know no padding. */
export function takes({ family }: EngineEntry, { world }: BenchSize): boolean {
  return !world || family === 'ours' || family === 'eager' || family === 'torch';
}

export function engineOf(id: string): EngineEntry {
  const found = ENGINES.find((entry) => entry.id === id);
  if (!found) throw new RangeError(`no engine is called ${id}`);
  return found;
}

/** `ours wgsl, SwiftShader`; the processor goes without saying. */
export function labelOf(id: string, adapter: AdapterKind): string {
  const { label } = engineOf(id);
  return adapter === 'cpu' ? label : `${label}, ${ADAPTER_WORDS[adapter]}`;
}
