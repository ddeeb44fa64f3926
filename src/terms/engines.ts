// The engines that compute a model, in the order in which they are offered.

import { SIMD_BUILDS } from './origin.ts';

/** Our kernels. */
const fused = (on: 'processor' | 'gpu', purpose: string) =>
  ({ tier: 'fused', gpu: on === 'gpu', purpose }) as const;
/** TensorFlow.js, op by op. */
const eager = (on: 'processor' | 'gpu', purpose: string) =>
  ({ tier: 'eager', gpu: on === 'gpu', purpose }) as const;

/** `gpu`: whether it computes on the graphics adapter; `purpose`: what it is for. */
export const ENGINE_TABLE = {
  wasm: fused('processor', 'Our fused engine on the processor. Needs no graphics card.'),
  wgsl: fused('gpu', 'Our fused engine on the graphics adapter. For machines with a real graphics card.'),
  webgpu: eager('gpu', 'TensorFlow.js on WebGPU, op by op: an independent implementation to compare with.'),
  webgl: eager(
    'gpu',
    'TensorFlow.js on WebGL 2, op by op: for old browsers with a graphics card, else to compare with.',
  ),
  'tfjs-wasm': eager('processor', 'TensorFlow.js on the processor, op by op: to compare with.'),
  cpu: eager(
    'processor',
    'TensorFlow.js in plain JavaScript: works everywhere and is slow; the last resort.',
  ),
};

export type EngineName = keyof typeof ENGINE_TABLE;
export const ENGINES = Object.keys(ENGINE_TABLE) as readonly EngineName[];
/** The engines that run op by op in TensorFlow.js. */
export type EagerEngineName = {
  [name in EngineName]: (typeof ENGINE_TABLE)[name]['tier'] extends 'eager' ? name : never;
}[EngineName];

/** `auto` takes the fused engine that measures faster. */
export const ENGINE_CHOICES = ['auto', ...ENGINES] as const;
export type EngineChoice = (typeof ENGINE_CHOICES)[number];

/** What a choice is for; empty for the name of another version. */
export function purposeOf(choice: string): string {
  if (choice === 'auto')
    return 'Takes “wasm”, or “wgsl” where a graphics card measures faster. The right choice unless you want to compare.';
  return ENGINE_TABLE[choice as EngineName]?.purpose ?? '';
}

/** Builds of the kernels of `wasm`: the faster one that the machine has, or by name. */
export const WASM_SIMD_CHOICES = ['auto', ...SIMD_BUILDS] as const;
export type WasmSimdChoice = (typeof WASM_SIMD_CHOICES)[number];

/** Forms of the GPU kernels of `wgsl`: measured, those without barriers, or those with workgroup memory. */
export const GPU_KERNEL_CHOICES = ['auto', 'portable', 'parallel'] as const;
export type GpuKernelChoice = (typeof GPU_KERNEL_CHOICES)[number];

/** A WebGPU adapter. */
export type AdapterReport = {
  description: string;
  /** Empty where the browser does not tell. */
  vendor: string;
  architecture: string;
  /** No graphics card: the processor plays one. */
  software: boolean;
  mode: 'core' | 'compatibility';
  /** By their names in WebGPU. */
  limits: { readonly [name: string]: number };
  features: { readonly [name: string]: boolean };
};
