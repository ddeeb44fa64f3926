// The three dispatches of the optimiser, bound to one model's buffers and one training plan's partial sums.

import type { ParameterLayout } from '../../model/spec.ts';
import type { Gpu, ReadPart } from './gpu.ts';
import { grid, STEP_WORDS } from './kernel.ts';
import {
  blockTable,
  OPTIMIZER_BUFFERS,
  OPTIMIZER_STEP_BINDING,
  optimizerScratch,
  optimizerUses,
} from './kernels/optimizer.ts';
import { bufferEntries } from './layout.ts';
import type { ModelBuffers } from './modelBuffers.ts';
import type { PartialLayout } from './partials.ts';

type Dispatch = { pipeline: GPUComputePipeline; groups: [number, number] };

export class OptimizerPass {
  private group: GPUBindGroup | null = null;
  private generation = -1;

  private constructor(
    private readonly gpu: Gpu,
    private readonly buffers: ModelBuffers,
    private readonly dispatches: readonly Dispatch[],
    private readonly table: GPUBuffer,
    private readonly scratch: GPUBuffer,
  ) {}

  static async create(
    gpu: Gpu,
    layout: ParameterLayout,
    partials: PartialLayout,
    buffers: ModelBuffers,
  ): Promise<OptimizerPass> {
    const words = blockTable(layout.slices, layout.size, ({ name }) => partials.planesOf(name));
    const table = gpu.createBuffer(words.length);
    gpu.write(table, 0, words);
    const scratch = gpu.createBuffer(optimizerScratch(layout.size));
    const dispatches = await Promise.all(
      optimizerUses(layout.size).map(async ({ key, code, workgroups }) => ({
        pipeline: await gpu.optimizerPipeline(`optimizer ${key}`, code),
        groups: grid(workgroups),
      })),
    );
    return new OptimizerPass(gpu, buffers, dispatches, table, scratch);
  }

  /** Where the gradient's norm stands after the pass. */
  get norm(): ReadPart {
    return { buffer: this.scratch, offset: 0, length: 1 };
  }

  /** Ties the pass to the buffers as they are now; does nothing while they are the same. */
  bind(): void {
    const { buffers } = this;
    if (this.group && this.generation === buffers.generation) return;
    const { parameters, gradients, first, second, shared, step } = buffers;
    const { table, scratch } = this;
    const partials = shared.get('partials');
    const all = { parameters, gradients, first, second, partials, table, scratch };
    this.group = this.gpu.createBindGroup({
      layout: this.gpu.optimizerLayout.group,
      entries: [
        ...bufferEntries(OPTIMIZER_BUFFERS, all),
        { binding: OPTIMIZER_STEP_BINDING, resource: { buffer: step.buffer, size: STEP_WORDS * 4 } },
      ],
    });
    this.generation = buffers.generation;
  }

  record(pass: GPUComputePassEncoder): void {
    if (!this.group) throw new Error('the optimiser is not bound');
    pass.setBindGroup(0, this.group);
    for (const { pipeline, groups } of this.dispatches) {
      pass.setPipeline(pipeline);
      pass.dispatchWorkgroups(...groups);
    }
    this.gpu.counters.dispatches += this.dispatches.length;
  }

  dispose(): void {
    this.table.destroy();
    this.scratch.destroy();
  }
}
