// A plan as lists of dispatches: pipelines compiled, words written once, one bind group.

import { BUFFER_USAGE, type Gpu } from './gpu.ts';
import {
  grid,
  type KernelUse,
  MODEL_BUFFERS,
  type ModelBuffer,
  OP_BINDING,
  packWords,
  STEP_BINDING,
  STEP_WORDS,
} from './kernel.ts';
import { bufferEntries, OP_BYTES, OP_STRIDE } from './layout.ts';

/** One dispatch, ready to be recorded. */
export type Dispatch = {
  pipeline: GPUComputePipeline;
  /** Index into the program's dynamic offsets. */
  index: number;
  groups: number | ((rows: number) => number);
};

/** The buffers that a program is bound to. */
export type ProgramBuffers = { readonly [buffer in ModelBuffer]: GPUBuffer } & { step: GPUBuffer };

/** Some lists of dispatches that share one block of words and one bind group. */
export class Program {
  private group: GPUBindGroup | null = null;
  private generation = -1;
  private readonly offsets: Uint32Array;

  private constructor(
    private readonly gpu: Gpu,
    private readonly ops: GPUBuffer,
    readonly lists: readonly (readonly Dispatch[])[],
  ) {
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    this.offsets = Uint32Array.from({ length: count }, (_, i) => i * OP_STRIDE);
  }

  /** Compiles the pipelines and uploads the words. */
  static async create(gpu: Gpu, lists: readonly (readonly KernelUse[])[]): Promise<Program> {
    const uses = lists.flat();
    const words = new DataView(new ArrayBuffer(Math.max(1, uses.length) * OP_STRIDE));
    uses.forEach(({ kernel, words: values }, i) => {
      packWords(kernel.fields, values, words, i * OP_STRIDE);
    });
    const ops = gpu.createBuffer(words.byteLength / 4, BUFFER_USAGE.uniform | BUFFER_USAGE.copyDst);
    gpu.write(ops, 0, new Uint32Array(words.buffer));
    const pipelines = await Promise.all(uses.map(({ kernel }) => gpu.modelPipeline(kernel)));
    let index = 0;
    const dispatches = lists.map((list) =>
      list.map(({ groups }): Dispatch => {
        const dispatch = { pipeline: pipelines[index], index, groups };
        index++;
        return dispatch;
      }),
    );
    return new Program(gpu, ops, dispatches);
  }

  /** Ties the program to buffers; does nothing while their generation is the same. */
  bind(buffers: () => ProgramBuffers, generation: number): void {
    if (this.group && this.generation === generation) return;
    const bound = buffers();
    this.group = this.gpu.createBindGroup({
      layout: this.gpu.layout.group,
      entries: [
        ...bufferEntries(MODEL_BUFFERS, bound),
        { binding: OP_BINDING, resource: { buffer: this.ops, size: OP_BYTES } },
        { binding: STEP_BINDING, resource: { buffer: bound.step, size: STEP_WORDS * 4 } },
      ],
    });
    this.generation = generation;
  }

  /** Records a list; `rows` are the rows in use, for plans that run with fewer than they were made for. */
  record(pass: GPUComputePassEncoder, list: readonly Dispatch[], rows = 0): void {
    if (!this.group) throw new Error('the program is not bound');
    let pipeline: GPUComputePipeline | null = null;
    for (const dispatch of list) {
      if (dispatch.pipeline !== pipeline) {
        pipeline = dispatch.pipeline;
        pass.setPipeline(pipeline);
      }
      pass.setBindGroup(0, this.group, this.offsets, dispatch.index, 1);
      const { groups } = dispatch;
      const [x, y] = grid(typeof groups === 'number' ? groups : groups(rows));
      pass.dispatchWorkgroups(x, y);
    }
    this.gpu.counters.dispatches += list.length;
  }

  dispose(): void {
    this.ops.destroy();
  }
}
