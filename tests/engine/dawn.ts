// WebGPU in Node through Dawn: on Linux over Mesa's OpenGL ES in software, elsewhere over the system's own graphics.
//
// `tsx tests/engine/dawn.ts` prints the adapter, and exits with 1 where there is none.

import { fileURLToPath } from 'node:url';
import { create, globals } from 'webgpu';

/** Linux machines without a GPU have OpenGL ES in software at most; macOS and Windows bring Metal and Direct3D 12. */
const DAWN_OPTIONS = process.platform === 'linux' ? ['backend=opengles'] : [];
const WAY_ON =
  process.platform === 'linux'
    ? "Install Mesa's OpenGL ES (on Debian: apt-get install libegl1 libegl-dev libgles2 libgl1-mesa-dri)."
    : 'A graphics driver with Metal or Direct3D 12 is needed.';

/** Dawn stops working when what `create` returns is collected. */
let gpu: GPU | null = null;

export type DawnDevice = { device: GPUDevice; adapter: string; errors: string[] };

/** A device in compatibility mode whose errors are collected in `errors`. @throws Error saying what to install. */
export async function openDawn(): Promise<DawnDevice> {
  process.env.EGL_PLATFORM ??= 'surfaceless';
  Object.assign(globalThis, globals);
  gpu ??= create(DAWN_OPTIONS);
  const adapter = await gpu.requestAdapter({ featureLevel: 'compatibility' } as GPURequestAdapterOptions);
  if (!adapter) throw new Error(`Dawn finds no adapter for WebGPU.\n${WAY_ON}`);
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log((await openDawn()).adapter);
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
