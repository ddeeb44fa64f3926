// A workbench for single GPU kernels: arrays placed in the shared buffers, uses of kernels run in order, arrays read back.

import { afterAll, expect } from 'vitest';
import { BLOCK_WORDS, cutSegments, mostBlocks, SPAN_WORDS } from '../../src/engine/plan/blocks.ts';
import {
  grid,
  type KernelUse,
  MODEL_BUFFERS,
  type ModelBuffer,
  moduleCode,
  OP_BINDING,
  packWords,
  ROW_COUNTS,
  rowsInUse,
  rowsWord,
  STEP_BINDING,
  STEP_FIELDS,
  STEP_WORDS,
  type StepField,
} from '../../src/engine/wgsl/kernel.ts';
import { modelLayout, OP_STRIDE } from '../../src/engine/wgsl/layout.ts';
import { type DawnDevice, openDawn } from './dawn.ts';
import { type Segment, segmentWords } from './float64.ts';

const USAGE = 0x80 | 0x4 | 0x8; // STORAGE, COPY_SRC, COPY_DST
const UNIFORM = 0x40 | 0x8;
const READ = 0x1 | 0x8; // MAP_READ, COPY_DST

/** What a kernel must not write over. */
const GUARD = 12345.5;

/** Step words that a test does not set. */
const QUIET = Object.fromEntries(STEP_FIELDS.map((field) => [field.split(':')[0], 0])) as Record<
  StepField,
  number
>;

let shared: Promise<DawnDevice> | null = null;

/** The word `rows` for as many as `run` is told. */
export const ROWS = rowsWord('sequenceRows');

/** Step words; `rows` is every count of rows. */
type Step = { readonly [field in StepField]?: number } & { rows?: number };

/** One device for all tests of a file. */
export function dawn(): Promise<DawnDevice> {
  shared ??= openDawn();
  return shared;
}

/** An array in one of the shared buffers: `at` is its offset in 4-byte elements, as kernels want it. */
export type Placed = { buffer: ModelBuffer; at: number; length: number };

/**
 * Arrays are laid out first, then `run` uploads everything, runs the uses one after the other and reads the arrays back.
 * Between arrays stand guard values; `run` fails when a kernel changed one.
 */
export class GpuBench {
  private readonly contents: Record<ModelBuffer, number[]> = {
    arena: [],
    parameters: [],
    partials: [],
    inputs: [],
    state: [],
    cache: [],
    rope: [],
  };
  private readonly integer = new Set<ModelBuffer>(['inputs', 'state']);
  private guards: Placed[] = [];

  /** Float32 values; in `inputs` and `state` their bits. */
  floats(buffer: ModelBuffer, values: ArrayLike<number>): Placed {
    if (!this.integer.has(buffer)) return this.place(buffer, Array.from(values));
    const bits = new Uint32Array(Float32Array.from(values).buffer);
    return this.place(buffer, Array.from(bits));
  }

  /** Unsigned integers, only in `inputs` and `state`. */
  ints(buffer: 'inputs' | 'state', values: ArrayLike<number>): Placed {
    return this.place(
      buffer,
      Array.from(values, (value) => value >>> 0),
    );
  }

  /** A result filled with a number that no kernel may leave behind or add to by mistake. */
  fresh(buffer: ModelBuffer, length: number, value = 777): Placed {
    return this.floats(buffer, new Float32Array(length).fill(value));
  }

  private place(buffer: ModelBuffer, values: number[]): Placed {
    const content = this.contents[buffer];
    const at = content.length;
    content.push(...values, GUARD);
    while (content.length % 64 !== 0) content.push(GUARD);
    this.guards.push({ buffer, at: at + values.length, length: content.length - at - values.length });
    return { buffer, at, length: values.length };
  }

  async run(
    uses: readonly KernelUse[],
    { rows = 0, ...step }: Step = {},
  ): Promise<{ read(placed: Placed): Float32Array; readInts(placed: Placed): Uint32Array }> {
    const { device, errors } = await dawn();
    const layout = modelLayout(device);
    const all: GPUBuffer[] = [];
    const make = (size: number, usage: number) => {
      const buffer = device.createBuffer({ size, usage });
      all.push(buffer);
      return buffer;
    };
    const buffers = {} as Record<ModelBuffer, GPUBuffer>;
    for (const name of Object.keys(MODEL_BUFFERS) as ModelBuffer[]) {
      const content = this.contents[name];
      const data = this.integer.has(name) ? Uint32Array.from(content) : Float32Array.from(content);
      buffers[name] = make(Math.max(256, data.byteLength), USAGE);
      if (data.byteLength > 0) device.queue.writeBuffer(buffers[name], 0, data);
    }
    const ops = new DataView(new ArrayBuffer(Math.max(1, uses.length) * OP_STRIDE));
    uses.forEach(({ kernel, words }, i) => {
      packWords(kernel.fields, words, ops, i * OP_STRIDE);
    });
    const opBuffer = make(ops.byteLength, UNIFORM);
    device.queue.writeBuffer(opBuffer, 0, ops.buffer);
    const stepData = new DataView(new ArrayBuffer(STEP_WORDS * 4));
    const counts = Object.fromEntries(ROW_COUNTS.map((count) => [count, rows]));
    packWords(STEP_FIELDS, { ...QUIET, ...counts, ...step }, stepData, 0);
    const stepBuffer = make(stepData.byteLength, UNIFORM);
    device.queue.writeBuffer(stepBuffer, 0, stepData.buffer);
    const group = device.createBindGroup({
      layout: layout.group,
      entries: [
        ...(Object.keys(MODEL_BUFFERS) as ModelBuffer[]).map((name) => ({
          binding: MODEL_BUFFERS[name].binding,
          resource: { buffer: buffers[name] },
        })),
        { binding: OP_BINDING, resource: { buffer: opBuffer, size: 128 } },
        { binding: STEP_BINDING, resource: { buffer: stepBuffer, size: STEP_WORDS * 4 } },
      ],
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const stepWords = new Uint32Array(stepData.buffer);
    for (const [i, { kernel, groups, words }] of uses.entries()) {
      const pipeline = await device.createComputePipelineAsync({
        layout: layout.pipeline,
        compute: { module: device.createShaderModule({ code: moduleCode(kernel) }), entryPoint: 'main' },
      });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group, [i * OP_STRIDE]);
      pass.dispatchWorkgroups(...grid(groupsOf({ groups }, rowsInUse(stepWords, words.rows ?? 0))));
    }
    pass.end();
    const results = {} as Record<ModelBuffer, GPUBuffer>;
    for (const name of Object.keys(MODEL_BUFFERS) as ModelBuffer[]) {
      results[name] = make(buffers[name].size, READ);
      encoder.copyBufferToBuffer(buffers[name], 0, results[name], 0, buffers[name].size);
    }
    device.queue.submit([encoder.finish()]);
    const bytes = {} as Record<ModelBuffer, ArrayBuffer>;
    for (const name of Object.keys(MODEL_BUFFERS) as ModelBuffer[]) {
      await results[name].mapAsync(1);
      bytes[name] = results[name].getMappedRange().slice(0);
    }
    for (const buffer of all) buffer.destroy();
    expect(errors, 'WebGPU reported an error').toEqual([]);
    for (const { buffer, at, length } of this.guards) {
      const guard = this.integer.has(buffer)
        ? new Uint32Array(bytes[buffer], at * 4, length)
        : new Float32Array(bytes[buffer], at * 4, length);
      const expected = this.integer.has(buffer) ? GUARD >>> 0 : GUARD;
      expect(
        guard.every((value) => value === expected),
        `a kernel wrote outside its array, near ${buffer}[${at}]`,
      ).toBe(true);
    }
    return {
      read: ({ buffer, at, length }) => new Float32Array(bytes[buffer], at * 4, length).slice(),
      readInts: ({ buffer, at, length }) => new Uint32Array(bytes[buffer], at * 4, length).slice(),
    };
  }
}

/** Workgroups of a use for so many rows. */
export function groupsOf({ groups }: Pick<KernelUse, 'groups'>, rows: number): number {
  return typeof groups === 'number' ? groups : groups(rows);
}

/** Places segments with their spans and blocks; `rows` is the word that counts the blocks, for the step word `blocks`. */
export function placeSegments(bench: GpuBench, segments: readonly Segment[]) {
  const words = Int32Array.from(segmentWords(segments));
  const total = segments.reduce((sum, { own }) => sum + own, 0);
  const spans = new Int32Array(segments.length * SPAN_WORDS);
  const cut = new Int32Array(mostBlocks(total, segments.length) * BLOCK_WORDS);
  const count = cutSegments(words, segments.length, spans, cut);
  // No table stands at the beginning of the buffer.
  bench.ints('inputs', [9]);
  const places = {
    segments: bench.ints('inputs', words).at,
    spans: bench.ints('inputs', spans).at,
    blocks: bench.ints('inputs', cut).at,
    rows: rowsWord('blocks'),
  };
  return { places, cut, count };
}

/** Ends the file's device; call once at the top level of a test file. */
export function closeDawnAfterAll(): void {
  afterAll(async () => {
    (await shared)?.device.destroy();
  });
}
