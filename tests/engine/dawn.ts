// WebGPU in Node: Dawn over OpenGL ES on Mesa's software renderer. Null where the machine lacks the libraries.

import { create, globals } from 'webgpu';

/** Dawn stops working when what `create` returns is collected. */
let gpu: GPU | null = null;

export type DawnDevice = { device: GPUDevice; adapter: string; errors: string[] };

/** A device in compatibility mode whose errors are collected in `errors`. @throws Error saying what to install. */
export async function openDawn(): Promise<DawnDevice> {
  process.env.EGL_PLATFORM ??= 'surfaceless';
  Object.assign(globalThis, globals);
  gpu ??= create(['backend=opengles']);
  const adapter = await gpu.requestAdapter({ featureLevel: 'compatibility' } as GPURequestAdapterOptions);
  if (!adapter) {
    throw new Error(
      'Dawn finds no OpenGL ES driver: install libegl1, libgles2 and libgl1-mesa-dri (Debian), or run npm test.',
    );
  }
  const core = 'core-features-and-limits' as GPUFeatureName;
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has(core) ? [core] : [],
    requiredLimits: {
      maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
      maxBufferSize: adapter.limits.maxBufferSize,
    },
  });
  const errors: string[] = [];
  device.addEventListener('uncapturederror', (event) => {
    errors.push((event as GPUUncapturedErrorEvent).error.message);
  });
  return { device, adapter: `${adapter.info.vendor} ${adapter.info.description}`, errors };
}
