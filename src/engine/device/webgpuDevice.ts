// The WebGPU device: asked for by us with the adapter's maxima, so that loss and errors are ours to see.

import { noDevice, webgpu } from './capabilities.ts';

/** An adapter and what is known of it before a device is opened. */
export type AdapterChoice = {
  adapter: GPUAdapter;
  /** Shown to the user: vendor, architecture, mode. */
  description: string;
  /** A software renderer: right, but slow. */
  software: boolean;
  mode: 'core' | 'compatibility';
};

export type OpenDevice = AdapterChoice & { device: GPUDevice };

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

/** Limits that tfjs and our kernels gain from; the device gets what the adapter has. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Whether an adapter's description or flag says that it is no hardware. */
export function isSoftwareAdapter(
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
    isFallbackAdapter?: boolean;
  },
): boolean {
  const words = [info.vendor, info.architecture, info.device, info.description].join(' ');
  return info.isFallbackAdapter === true || SOFTWARE.test(words);
}

/**
 * The adapter this browser offers: core WebGPU, else compatibility mode; null without either. Hardware in compatibility mode
 * goes before a software renderer in core mode.
 */
export async function findAdapter(): Promise<AdapterChoice | null> {
  const gpu = webgpu();
  if (!gpu) return null;
  const core = await requestAdapter(gpu, 'core');
  if (core && !core.software) return core;
  const compatible = await requestAdapter(gpu, 'compatibility');
  return core && compatible?.software !== false ? core : compatible;
}

async function requestAdapter(
  gpu: GPU,
  featureLevel: 'core' | 'compatibility',
): Promise<AdapterChoice | null> {
  // A browser that refuses has none.
  const adapter = await gpu
    .requestAdapter({ powerPreference: 'high-performance', featureLevel })
    .catch(() => null);
  if (!adapter) return null;
  const { info } = adapter;
  const words = [info.vendor, info.architecture, info.description || info.device].filter(Boolean);
  const mode = featureLevel === 'core' ? '' : ' (compatibility mode)';
  return {
    adapter,
    description: `${words.join(' ') || 'unnamed adapter'}${mode}`,
    software: isSoftwareAdapter(info),
    mode: featureLevel,
  };
}

/** Opens the device. @throws PlaygroundError `no-device` naming what is missing. */
export async function openDevice(): Promise<OpenDevice> {
  if (!webgpu()) {
    throw noDevice(
      'This browser has no WebGPU.',
      'Use a current Chrome, Edge, Safari or Firefox, or choose the engine "wasm", which needs no GPU.',
    );
  }
  const choice = await findAdapter();
  if (!choice) {
    throw noDevice(
      'WebGPU finds no graphics adapter.',
      'Turn on hardware acceleration in the browser and update the graphics driver, or choose the engine "wasm".',
    );
  }
  const { adapter } = choice;
  const requiredLimits: Record<string, number> = {};
  for (const limit of LIMITS) requiredLimits[limit] = adapter.limits[limit];
  // In compatibility mode an adapter may still have all of core WebGPU, which tfjs's kernels assume.
  const core = 'core-features-and-limits' as GPUFeatureName;
  const requiredFeatures = adapter.features.has(core) ? [core] : [];
  try {
    return { ...choice, device: await adapter.requestDevice({ requiredLimits, requiredFeatures }) };
  } catch (error) {
    throw noDevice(
      `The adapter "${choice.description}" gave no WebGPU device: ${(error as Error).message}`,
      'Reload the page to try again, or choose the engine "wasm".',
    );
  }
}
