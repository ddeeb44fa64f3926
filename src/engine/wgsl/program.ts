// A plan as lists of dispatches: pipelines compiled, words written once, one bind group.

import { BUFFER_USAGE, type Gpu } from './gpu.ts';
import {
  grid,
  type KernelUse,
  MODEL_BUFFERS,
  type ModelBuffer,
  OP_BINDING,
  packWords,
  rowsInUse,
  STEP_BINDING,
  STEP_WORDS,
} from './kernel.ts';
import { bufferEntries, OP_BYTES, OP_STRIDE } from './layout.ts';
import type { StepBlock } from './stepBlock.ts';

/** One dispatch, ready to be recorded. */
type Dispatch = {
  pipeline: GPUComputePipeline;
  /** Index into the program's dynamic offsets. */
  index: number;
  /** The kernel's word `rows`, which `groups` asks for where it is a function. */
  rows: number;
  groups: KernelUse['groups'];
};

/** The buffers that a program is bound to. */
export type ProgramBuffers = { readonly [buffer in ModelBuffer]: GPUBuffer } & { step: GPUBuffer };

/** Some lists of dispatches, by name, that share one block of words and one bind group. */
export class Program<Name extends string> {
  private group: GPUBindGroup | null = null;
  private generation = -1;
  private readonly offsets: Uint32Array;

  private constructor(
    private readonly gpu: Gpu,
    private readonly ops: GPUBuffer,
    private readonly lists: { readonly [name in Name]: readonly Dispatch[] },
    count: number,
  ) {
    this.offsets = Uint32Array.from({ length: count }, (_, i) => i * OP_STRIDE);
  }

  /** Compiles the pipelines and uploads the words. */
  static async create<Name extends string>(
    gpu: Gpu,
    lists: { readonly [name in Name]: readonly KernelUse[] },
  ): Promise<Program<Name>> {
    const uses = Object.values<readonly KernelUse[]>(lists).flat();
    const words = new DataView(new ArrayBuffer(Math.max(1, uses.length) * OP_STRIDE));
    uses.forEach(({ kernel, words: values }, i) => {
      packWords(kernel.fields, values, words, i * OP_STRIDE);
    });
    const ops = gpu.createBuffer(words.byteLength / 4, BUFFER_USAGE.uniform | BUFFER_USAGE.copyDst);
    gpu.write(ops, 0, new Uint32Array(words.buffer));
    const pipelines = await Promise.all(uses.map(({ kernel }) => gpu.modelPipeline(kernel)));
    let next = 0;
    const dispatches = Object.entries<readonly KernelUse[]>(lists).map(([name, list]) => [
      name,
      list.map(({ groups, words: { rows = 0 } }): Dispatch => {
        return { pipeline: pipelines[next], index: next++, rows, groups };
      }),
    ]);
    return new Program<Name>(gpu, ops, Object.fromEntries(dispatches), uses.length);
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

  /** Records a list for the rows in use that the step block says; leaves out what has none. */
  record(pass: GPUComputePassEncoder, name: Name, { words }: StepBlock): void {
    const list = this.lists[name];
    if (!this.group) throw new Error('the program is not bound');
    let pipeline: GPUComputePipeline | null = null;
    for (const dispatch of list) {
      const { groups, rows } = dispatch;
      const count = typeof groups === 'number' ? groups : groups(rowsInUse(words, rows));
      if (count === 0) continue;
      if (dispatch.pipeline !== pipeline) {
        pipeline = dispatch.pipeline;
        pass.setPipeline(pipeline);
      }
      pass.setBindGroup(0, this.group, this.offsets, dispatch.index, 1);
      const [x, y] = grid(count);
      pass.dispatchWorkgroups(x, y);
      this.gpu.counters.dispatches++;
    }
  }

  dispose(): void {
    this.ops.destroy();
  }
}
