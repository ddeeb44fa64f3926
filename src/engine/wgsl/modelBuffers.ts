// The buffers of one model on the GPU: parameters, gradients, moments, KV cache, RoPE table.

import type { ModelSpec } from '../../model/graph.ts';
import { modelRopeTable } from '../plan/rope.ts';
import type { Gpu } from './gpu.ts';
import type { ProgramBuffers } from './program.ts';
import type { SharedBuffers } from './sharedBuffers.ts';
import { StepBlock } from './stepBlock.ts';

export class ModelBuffers {
  readonly parameters: GPUBuffer;
  readonly gradients: GPUBuffer;
  readonly first: GPUBuffer;
  readonly second: GPUBuffer;
  readonly step: StepBlock;
  private readonly rope: GPUBuffer;
  private cache: GPUBuffer;
  private cacheLength = 64;
  private ownGeneration = 0;

  constructor(
    private readonly gpu: Gpu,
    readonly shared: SharedBuffers,
    spec: ModelSpec,
  ) {
    const { size } = spec.layout;
    this.parameters = gpu.createBuffer(size);
    this.gradients = gpu.createBuffer(size);
    this.first = gpu.createBuffer(size);
    this.second = gpu.createBuffer(size);
    this.step = new StepBlock(gpu);
    this.cache = gpu.createBuffer(this.cacheLength);
    const table = modelRopeTable(spec);
    this.rope = gpu.createBuffer(table.length);
    gpu.write(this.rope, 0, table);
  }

  /** Changes whenever a buffer that programs are bound to was replaced. */
  get generation(): number {
    return this.shared.generation + this.ownGeneration;
  }

  /** Room for the keys and values of a rollout; what was there is lost when it grows. */
  ensureCache(length: number): void {
    if (length <= this.cacheLength) return;
    this.gpu.requireRoom(length * 4, 'cache buffer');
    this.cache.destroy();
    this.cache = this.gpu.createBuffer(length);
    this.cacheLength = length;
    this.ownGeneration++;
  }

  /** What programs are bound to. */
  readonly bound = (): ProgramBuffers => ({
    arena: this.shared.get('arena'),
    partials: this.shared.get('partials'),
    inputs: this.shared.get('inputs'),
    state: this.shared.get('state'),
    parameters: this.parameters,
    cache: this.cache,
    rope: this.rope,
    step: this.step.buffer,
  });

  dispose(): void {
    const own = [this.parameters, this.gradients, this.first, this.second, this.cache, this.rope];
    for (const buffer of [...own, this.step.buffer]) buffer.destroy();
  }
}
