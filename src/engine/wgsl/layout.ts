// The bind group layouts of the executor, made once per device.

import { MODEL_BUFFERS, OP_BINDING, STEP_BINDING, STEP_WORDS } from './kernel.ts';

/** Bytes between op blocks: the least dynamic offset that every device takes. */
export const OP_STRIDE = 256;

const COMPUTE = 4; // GPUShaderStage.COMPUTE; the constant is not there in Node.

export type ModelLayout = { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout };

/** One group for every kernel of a model. */
export function modelLayout(device: GPUDevice): ModelLayout {
  const storage = Object.values(MODEL_BUFFERS).map(
    ({ binding, access }): GPUBindGroupLayoutEntry => ({
      binding,
      visibility: COMPUTE,
      buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
    }),
  );
  const group = device.createBindGroupLayout({
    entries: [
      ...storage,
      {
        binding: OP_BINDING,
        visibility: COMPUTE,
        buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: 128 },
      },
      {
        binding: STEP_BINDING,
        visibility: COMPUTE,
        buffer: { type: 'uniform', minBindingSize: STEP_WORDS * 4 },
      },
    ],
  });
  return { group, pipeline: device.createPipelineLayout({ bindGroupLayouts: [group] }) };
}
