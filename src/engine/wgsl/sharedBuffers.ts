// Buffers that all models of one engine share and that grow when a plan needs more; bind groups ask for their generation.

import type { Gpu } from './gpu.ts';

export const SHARED = ['arena', 'partials', 'inputs', 'state'] as const;
export type SharedName = (typeof SHARED)[number];

export class SharedBuffers {
  /** Counts replacements: a bind group of an older generation points to a destroyed buffer. */
  generation = 0;
  private readonly buffers: Record<SharedName, GPUBuffer>;
  private readonly lengths: Record<SharedName, number>;

  constructor(private readonly gpu: Gpu) {
    const make = () => gpu.createBuffer(64);
    this.buffers = { arena: make(), partials: make(), inputs: make(), state: make() };
    this.lengths = { arena: 64, partials: 64, inputs: 64, state: 64 };
  }

  get(name: SharedName): GPUBuffer {
    return this.buffers[name];
  }

  /**
   * Makes sure that a buffer holds `length` 4-byte elements; what was in it is lost when it grows.
   * @throws PlaygroundError `out-of-memory` when the adapter has no room for it.
   */
  ensure(name: SharedName, length: number): void {
    if (length <= this.lengths[name]) return;
    this.gpu.requireRoom(length * 4, `${name} buffer`);
    const { maxStorageBufferBindingSize: most } = this.gpu.device.limits;
    this.buffers[name].destroy();
    // A quarter more, so that slowly growing batches do not replace it each time.
    const roomy = Math.min(Math.ceil(length * 1.25), Math.floor(most / 4));
    this.buffers[name] = this.gpu.createBuffer(roomy);
    this.lengths[name] = roomy;
    this.generation++;
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
  }
}
