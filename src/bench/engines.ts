// The contestants: ours, plain tfjs and jax-js, each on its backends.

import { ENGINE_TABLE, ENGINES as ENGINES_OF_SETTINGS } from '../terms/engines.ts';
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

/** The engines of the settings; those that run op by op are named after their backend in tfjs. */
const OURS = ENGINES_OF_SETTINGS.map((backend): EngineEntry => {
  const { tier, gpu } = ENGINE_TABLE[backend];
  const short = backend.replace('tfjs-', '');
  return tier === 'fused'
    ? { id: backend, family: 'ours', backend, gpu, label: `ours ${backend}` }
    : { id: `eager-${short}`, family: 'eager', backend, gpu, label: `ours eager ${short}` };
});

/** Ids as the command line takes them. `ours` are the fused engines, `eager` is our model on tfjs operations. */
export const ENGINES: readonly EngineEntry[] = [
  ...OURS,
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
