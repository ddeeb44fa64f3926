// The contestants: ours, plain tfjs and jax-js, each on its backends.

import type { AdapterKind } from './types.ts';

export type Family = 'ours' | 'eager' | 'tfjs' | 'jax';

export type EngineEntry = {
  id: string;
  family: Family;
  /** Name within the family: an engine choice, a tfjs backend, or a jax-js device. */
  backend: string;
  /** Whether it computes on the browser's graphics adapter, and so runs once per adapter. */
  gpu: boolean;
  label: string;
};

/** Ids as the command line takes them. `ours` are the fused engines, `eager` is our model on tfjs operations. */
export const ENGINES: readonly EngineEntry[] = [
  { id: 'wasm', family: 'ours', backend: 'wasm', gpu: false, label: 'ours wasm' },
  { id: 'wgsl', family: 'ours', backend: 'wgsl', gpu: true, label: 'ours wgsl' },
  { id: 'eager-webgpu', family: 'eager', backend: 'webgpu', gpu: true, label: 'ours eager webgpu' },
  { id: 'eager-webgl', family: 'eager', backend: 'webgl', gpu: true, label: 'ours eager webgl' },
  { id: 'eager-wasm', family: 'eager', backend: 'tfjs-wasm', gpu: false, label: 'ours eager wasm' },
  { id: 'eager-cpu', family: 'eager', backend: 'cpu', gpu: false, label: 'ours eager cpu' },
  { id: 'tfjs-webgpu', family: 'tfjs', backend: 'webgpu', gpu: true, label: 'tfjs webgpu' },
  { id: 'tfjs-webgl', family: 'tfjs', backend: 'webgl', gpu: true, label: 'tfjs webgl' },
  { id: 'tfjs-wasm', family: 'tfjs', backend: 'wasm', gpu: false, label: 'tfjs wasm' },
  { id: 'tfjs-cpu', family: 'tfjs', backend: 'cpu', gpu: false, label: 'tfjs cpu' },
  { id: 'jax-webgpu', family: 'jax', backend: 'webgpu', gpu: true, label: 'jax-js webgpu' },
  { id: 'jax-wasm', family: 'jax', backend: 'wasm', gpu: false, label: 'jax-js wasm' },
];

/** Short names of the browsers' adapters. */
export const ADAPTER_WORDS: { readonly [adapter in AdapterKind]: string } = {
  cpu: 'CPU',
  swiftshader: 'SwiftShader',
  opengles: 'compat GL',
  system: 'GPU',
};

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
