// The head kernels of the GPU executor on given logits: what training runs, without a model around it.

import { openDevice } from '../../../src/engine/device/webgpuDevice.ts';
import { BUFFER_USAGE, Gpu } from '../../../src/engine/wgsl/gpu.ts';
import { rowsWord } from '../../../src/engine/wgsl/kernel.ts';
import { headBackward, headForward } from '../../../src/engine/wgsl/kernels/head.ts';
import { Program } from '../../../src/engine/wgsl/program.ts';
import { StepBlock } from '../../../src/engine/wgsl/stepBlock.ts';

/** Rows x vocabulary logits at temperature 1; results are the caller's copies. */
export type GpuHead = {
  logProbs(
    logits: Float32Array,
    targets: Int32Array,
    vocabulary: number,
  ): Promise<{ logp: Float32Array; entropy: Float32Array }>;
  /** d(sum logpWeights logp + entropyWeights entropy) / dlogits. */
  gradient(
    logits: Float32Array,
    targets: Int32Array,
    logpWeights: Float32Array,
    entropyWeights: Float32Array,
    vocabulary: number,
  ): Promise<Float32Array>;
};

const USAGE = BUFFER_USAGE.storage | BUFFER_USAGE.copySrc | BUFFER_USAGE.copyDst;
const align = (length: number) => Math.ceil(length / 16) * 16;

/** Opens a device of its own. @throws PlaygroundError `no-device`. */
export async function createGpuHead(): Promise<GpuHead> {
  const { device, description } = await openDevice();
  const gpu = new Gpu(device, description);
  const step = new StepBlock(gpu);

  /** Forward and backward in one submit; reads `length` values from where `part` says. */
  async function run(
    logits: Float32Array,
    targets: Int32Array,
    weights: { logp: Float32Array; entropy: Float32Array } | null,
    vocabulary: number,
  ): Promise<Float32Array> {
    const rows = targets.length;
    step.set({ inverseTemperature: 1, outputRows: rows });
    step.write();
    const size = align(rows * vocabulary);
    const column = align(rows);
    const at = {
      logits: 0,
      dLogits: size,
      logp: 2 * size,
      entropy: 2 * size + column,
      lse: 2 * size + 2 * column,
    };
    const inputs = new Int32Array(3 * column);
    inputs.set(targets);
    const floats = new Float32Array(inputs.buffer);
    if (weights) {
      floats.set(weights.logp, column);
      floats.set(weights.entropy, 2 * column);
    }
    const make = (length: number) => gpu.createBuffer(length, USAGE);
    const buffers = {
      arena: make(2 * size + 3 * column),
      parameters: make(4),
      partials: make(4),
      inputs: make(inputs.length),
      state: make(4),
      cache: make(4),
      rope: make(4),
      step: step.buffer,
    };
    gpu.write(buffers.arena, 0, logits);
    gpu.write(buffers.inputs, 0, floats);
    const words = {
      ...at,
      targets: 0,
      logpWeights: column,
      entropyWeights: 2 * column,
      rows: rowsWord('outputRows'),
    };
    const backward = weights ? [headBackward({ vocabulary }, words)] : [];
    const program = await Program.create(gpu, { all: [headForward({ vocabulary }, words), ...backward] });
    program.bind(() => buffers, 0);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    program.record(pass, 'all', step);
    pass.end();
    const parts = weights
      ? [{ buffer: buffers.arena, offset: at.dLogits, length: rows * vocabulary }]
      : [
          { buffer: buffers.arena, offset: at.logp, length: rows },
          { buffer: buffers.arena, offset: at.entropy, length: rows },
        ];
    const read = gpu.readBack(encoder, parts);
    gpu.submit(encoder);
    const values = await read((bytes) => new Float32Array(bytes.slice(0)));
    const { step: _, ...own } = buffers;
    for (const buffer of Object.values(own)) buffer.destroy();
    program.dispose();
    return values;
  }

  return {
    async logProbs(logits, targets, vocabulary) {
      const values = await run(logits, targets, null, vocabulary);
      return { logp: values.slice(0, targets.length), entropy: values.slice(targets.length) };
    },
    gradient: (logits, targets, logp, entropy, vocabulary) =>
      run(logits, targets, { logp, entropy }, vocabulary),
  };
}
