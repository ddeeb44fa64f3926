// What this browser offers to compute on, whichever engine was chosen: its WebGPU adapter, and what each engine would lack.

import { type AdapterReport, ENGINE_CHOICES, type EngineChoice } from '../../terms/engines.ts';
import { hasWasmSimd, hasWebgl, webgpu } from './capabilities.ts';
import { type AdapterChoice, findAdapter } from './webgpuDevice.ts';

/** The limits that our kernels come up against. */
export const ADAPTER_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

export const ADAPTER_FEATURES = ['subgroups', 'shader-f16', 'timestamp-query'] as const;

export type DeviceFacts = {
  gpu: AdapterReport | 'no-webgpu' | 'no-adapter';
  /** What this browser lacks for each engine; null where it can be chosen. */
  engines: readonly { name: EngineChoice; lacks: string | null }[];
};

/** Looks without opening a device. */
export async function deviceFacts(): Promise<DeviceFacts> {
  const found = await findAdapter().catch(() => null);
  const gpu = found ? factsOf(found) : webgpu() ? 'no-adapter' : 'no-webgpu';
  const noGpu =
    gpu === 'no-webgpu' ? 'WebGPU' : gpu === 'no-adapter' ? 'a graphics adapter for WebGPU' : null;
  const noSimd = hasWasmSimd() ? null : 'WebAssembly SIMD';
  const lacks: { readonly [name in EngineChoice]: string | null } = {
    auto: null,
    wasm: noSimd,
    wgsl: noGpu,
    webgpu: noGpu,
    webgl: hasWebgl() ? null : 'WebGL 2',
    'tfjs-wasm': noSimd,
    cpu: null,
  };
  return { gpu, engines: ENGINE_CHOICES.map((name) => ({ name, lacks: lacks[name] })) };
}

function factsOf({ adapter, description, software, mode }: AdapterChoice): AdapterReport {
  const { info, limits, features } = adapter;
  return {
    description,
    vendor: info.vendor,
    architecture: info.architecture,
    software,
    mode,
    limits: Object.fromEntries(ADAPTER_LIMITS.map((name) => [name, limits[name]])),
    features: Object.fromEntries(ADAPTER_FEATURES.map((name) => [name, features.has(name)])),
  };
}
