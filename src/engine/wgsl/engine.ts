// Starts the fused engine on a WebGPU device.

import type { MeasurementCache } from '../device/tuningCache.ts';
import { openDevice } from '../device/webgpuDevice.ts';
import type { Engine } from '../types.ts';
import { Gpu } from './gpu.ts';
import { WgslModel } from './model.ts';
import { requireRoom } from './room.ts';
import { SharedBuffers } from './sharedBuffers.ts';
import { chooseVariants } from './tuning.ts';
import type { Variants } from './variants.ts';

export { PARALLEL, PORTABLE } from './variants.ts';

export type WgslOptions = {
  /** A device of ours already open (tests, Dawn in Node); else the browser is asked for one. */
  device?: { device: GPUDevice; description: string };
  /** Overrides the measured choice, wholly or in part. */
  variants?: Partial<Variants>;
  /** Where the measured choice is kept between visits. */
  cache?: MeasurementCache;
};

export type WgslEngine = Engine & {
  readonly gpu: Gpu;
  readonly variants: Variants;
  counters(): Gpu['counters'];
};

/** @throws PlaygroundError `no-device` where there is no WebGPU. */
export async function createWgslEngine(options: WgslOptions = {}): Promise<WgslEngine> {
  const { device, description } = options.device ?? (await openDevice());
  const gpu = new Gpu(device, description);
  const shared = new SharedBuffers(gpu);
  const variants = await gpu.explained(chooseVariants(gpu, options.variants ?? {}, options.cache));
  return {
    name: 'wgsl',
    tier: 'fused',
    adapter: `WebGPU, ${description}`,
    simd: null,
    threads: null,
    gpu,
    variants,
    counters: () => ({ ...gpu.counters }),
    requireRoom: (models, work) => requireRoom(gpu, variants, models, work),
    createModel: async (spec, seed) => new WgslModel(gpu, shared, spec, seed, variants),
    dispose: () => {
      shared.dispose();
      gpu.dispose();
    },
  };
}
