// Bind groups: their layouts, made once per device, and their entries.

import { type BufferTable, MODEL_BUFFERS, OP_BINDING, STEP_BINDING, STEP_WORDS } from './kernel.ts';

/** Bytes between op blocks: the least dynamic offset that every device takes. */
export const OP_STRIDE = 256;
/** Bytes of an op block. */
export const OP_BYTES = 128;

const COMPUTE = 4; // GPUShaderStage.COMPUTE; the constant is not there in Node.

export type BindLayout = { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout };

/** The storage buffers of a table, and uniform blocks. */
export function bindLayout(
  device: GPUDevice,
  table: BufferTable,
  uniforms: readonly { binding: number; minBindingSize: number; hasDynamicOffset?: boolean }[],
): BindLayout {
  const entry = (binding: number, buffer: GPUBufferBindingLayout) => ({
    binding,
    visibility: COMPUTE,
    buffer,
  });
  const storage = Object.values(table).map(({ binding, access }) =>
    entry(binding, { type: access === 'read' ? 'read-only-storage' : 'storage' }),
  );
  const blocks = uniforms.map(({ binding, ...rest }) => entry(binding, { type: 'uniform', ...rest }));
  const group = device.createBindGroupLayout({ entries: [...storage, ...blocks] });
  return { group, pipeline: device.createPipelineLayout({ bindGroupLayouts: [group] }) };
}

/** One group for every kernel of a model. */
export function modelLayout(device: GPUDevice): BindLayout {
  return bindLayout(device, MODEL_BUFFERS, [
    { binding: OP_BINDING, hasDynamicOffset: true, minBindingSize: OP_BYTES },
    { binding: STEP_BINDING, minBindingSize: STEP_WORDS * 4 },
  ]);
}

/** The entries of a bind group for the buffers of a table. */
export function bufferEntries<Name extends string>(
  table: { readonly [name in Name]: { binding: number } },
  buffers: { readonly [name in NoInfer<Name>]: GPUBuffer },
): GPUBindGroupEntry[] {
  return (Object.keys(table) as Name[]).map((name) => ({
    binding: table[name].binding,
    resource: { buffer: buffers[name] },
  }));
}
