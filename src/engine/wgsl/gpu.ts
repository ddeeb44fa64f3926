// The GPU as the executor sees it: a guarded device, its pipelines, a ring for reading back, and counters of what it was asked.

import { PlaygroundError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';
import { DeviceGuard } from '../device/guard.ts';
import { type KernelSource, moduleCode } from './kernel.ts';
import { optimizerLayout } from './kernels/optimizer.ts';
import { type BindLayout, modelLayout } from './layout.ts';

/** Numeric values of GPUBufferUsage and GPUMapMode: the constants are not there in Node. */
export const BUFFER_USAGE = {
  mapRead: 0x1,
  copySrc: 0x4,
  copyDst: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;
const MAP_READ = 1;
/** Of a buffer that kernels, the host and copies work on. */
const WORKING = BUFFER_USAGE.storage | BUFFER_USAGE.copySrc | BUFFER_USAGE.copyDst;

/** Read-backs that may be under way at once. */
const RING = 3;

/** A part of a GPU buffer to read, in 4-byte elements. */
export type ReadPart = { buffer: GPUBuffer; offset: number; length: number };

type RingSlot = { buffer: GPUBuffer | null; bytes: number };

export class Gpu {
  /** What the device was asked to do since it was opened. */
  readonly counters = {
    dispatches: 0,
    submits: 0,
    writes: 0,
    writtenBytes: 0,
    readBytes: 0,
    buffers: 0,
    bindGroups: 0,
    pipelines: 0,
  };
  readonly layout: BindLayout;
  readonly optimizerLayout: BindLayout;
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  private readonly ring: RingSlot[] = Array.from({ length: RING }, () => ({ buffer: null, bytes: 0 }));
  private next = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private isDisposed = false;
  private readonly guard: DeviceGuard;

  constructor(
    readonly device: GPUDevice,
    readonly description: string,
  ) {
    this.guard = new DeviceGuard(`WebGPU (${description})`);
    this.guard.watchDevice(device, () => this.isDisposed);
    this.layout = modelLayout(device);
    this.optimizerLayout = optimizerLayout(device);
  }

  /** Runs one piece of work at a time: the models of an engine share its arena. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(() => {
      this.guard.check();
      return this.explained(work());
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** The same work; what the browser throws in it comes as an PlaygroundError. */
  explained<T>(work: Promise<T>): Promise<T> {
    return work.catch((thrown: unknown) => {
      throw this.guard.explain(thrown);
    });
  }

  /** A zeroed buffer of `length` 4-byte elements. */
  createBuffer(length: number, usage: number = WORKING): GPUBuffer {
    this.counters.buffers++;
    const size = Math.max(16, Math.ceil(length / 4) * 16);
    this.requireRoom(size, 'buffer');
    return this.device.createBuffer({ size, usage });
  }

  /** @throws PlaygroundError `out-of-memory` for a buffer over the adapter's limits, which would otherwise cost the device. */
  requireRoom(
    bytes: number,
    what: string,
    who = 'This model and batch',
    advice = 'Take a smaller model or batch.',
  ): void {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes <= most) return;
    throw new PlaygroundError(
      'out-of-memory',
      `${who}: the ${what} would take ${formatBytes(bytes)}, and the adapter allows ${formatBytes(most)}.`,
      `${advice} Or choose the engine "wasm".`,
      { bytes, most },
    );
  }

  createBindGroup(descriptor: GPUBindGroupDescriptor): GPUBindGroup {
    this.counters.bindGroups++;
    return this.device.createBindGroup(descriptor);
  }

  /** `offset` and `length` in 4-byte elements. */
  write(buffer: GPUBuffer, offset: number, data: Float32Array | Uint32Array, length = data.length): void {
    this.counters.writes++;
    this.counters.writtenBytes += length * 4;
    this.device.queue.writeBuffer(buffer, offset * 4, data.buffer, data.byteOffset, length * 4);
  }

  submit(encoder: GPUCommandEncoder): void {
    this.counters.submits++;
    this.device.queue.submit([encoder.finish()]);
  }

  /** The pipeline of a kernel in the models' layout; compiled once per key. */
  modelPipeline(kernel: KernelSource): Promise<GPUComputePipeline> {
    return this.pipeline(`model:${kernel.key}`, this.layout.pipeline, () => moduleCode(kernel));
  }

  /** A pipeline in the optimiser's layout. */
  optimizerPipeline(key: string, code: string): Promise<GPUComputePipeline> {
    return this.pipeline(key, this.optimizerLayout.pipeline, () => code);
  }

  private pipeline(
    key: string,
    layout: GPUPipelineLayout,
    codeOf: () => string,
  ): Promise<GPUComputePipeline> {
    let pipeline = this.pipelines.get(key);
    if (!pipeline) {
      this.counters.pipelines++;
      const module = this.device.createShaderModule({ code: codeOf(), label: key });
      pipeline = this.device.createComputePipelineAsync({
        layout,
        label: key,
        compute: { module, entryPoint: 'main' },
      });
      this.pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /**
   * Records the copies of some parts into `encoder`; the returned function, to be called after the submit, waits for them and
   * gives the bytes to `use`, which must not keep them.
   */
  readBack(
    encoder: GPUCommandEncoder,
    parts: readonly ReadPart[],
  ): <T>(use: (bytes: ArrayBuffer) => T) => Promise<T> {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const slot = this.ring[this.next];
    this.next = (this.next + 1) % RING;
    const staging = this.stagingOf(slot, length * 4);
    let at = 0;
    for (const part of parts) {
      encoder.copyBufferToBuffer(part.buffer, part.offset * 4, staging, at, part.length * 4);
      at += part.length * 4;
    }
    this.counters.readBytes += length * 4;
    return async (use) => {
      await this.guard.race(staging.mapAsync(MAP_READ, 0, length * 4));
      try {
        return use(staging.getMappedRange(0, length * 4));
      } finally {
        staging.unmap();
      }
    };
  }

  private stagingOf(slot: RingSlot, bytes: number): GPUBuffer {
    if (slot.buffer && slot.bytes >= bytes) return slot.buffer;
    slot.buffer?.destroy();
    // Room to grow, so that batches of changing size do not make a new buffer each time.
    slot.bytes = Math.max(65536, 2 ** Math.ceil(Math.log2(bytes)));
    slot.buffer = this.createBuffer(slot.bytes / 4, BUFFER_USAGE.mapRead | BUFFER_USAGE.copyDst);
    return slot.buffer;
  }

  /** Waits until the device has done all it was given. */
  async idle(): Promise<void> {
    await this.guard.race(this.device.queue.onSubmittedWorkDone());
  }

  dispose(): void {
    this.isDisposed = true;
    this.device.destroy();
  }
}
