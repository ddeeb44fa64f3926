// The GPU optimiser against float64 over several steps: planes, clip, decay, frozen prefix, numbers that are not finite.

import { describe, expect, test } from 'vitest';
import { grid, packWords, STEP_FIELDS, STEP_WORDS, type StepField } from '../../src/engine/wgsl/kernel.ts';
import {
  blockTable,
  OPTIMIZER_BUFFERS,
  OPTIMIZER_STEP_BINDING,
  type OptimizerBuffer,
  optimizerLayout,
  optimizerScratch,
  optimizerUses,
} from '../../src/engine/wgsl/kernels/optimizer.ts';
import { expectClose, randoms } from './bench.ts';
import { closeDawnAfterAll, dawn } from './gpuBench.ts';

closeDawnAfterAll();

/** Slices of odd sizes; the first two are the prefix that may be frozen; the last one has no gradient. */
const SHAPES = [
  { size: 200, decay: true, planes: 3 },
  { size: 7, decay: false, planes: 1 },
  { size: 6000, decay: true, planes: 5 },
  { size: 1, decay: false, planes: 2 },
  { size: 64, decay: true, planes: 4 },
  { size: 130, decay: true, planes: 0 },
];
const SLICES = SHAPES.map((shape, i) => {
  const before = SHAPES.slice(0, i).reduce((sum, { size }) => sum + Math.ceil(size / 64) * 64, 0);
  const partials = SHAPES.slice(0, i).reduce((sum, { size, planes }) => sum + (size + 11) * planes, 0);
  // Planes lie a little further apart than they are long, with rubbish between them.
  return { ...shape, offset: before, partials: Math.ceil(partials / 64) * 64 + 64 * i };
});
const strideOf = (size: number) => Math.ceil(size / 4) * 4 + 4;
const SIZE = 6656;
const FROZEN = 5;
const PARTIALS = 40_000;

const rounded = (numbers: Record<string, number>) =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Math.fround(value)]));
const RATES = rounded({
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
}) as Record<'learningRate' | 'beta1' | 'beta2' | 'epsilon' | 'weightDecay', number>;
const corrections = (t: number) => ({
  correction1: Math.fround(1 - RATES.beta1 ** t),
  correction2: Math.fround(1 - RATES.beta2 ** t),
});

function start(): Float32Array {
  const parameters = new Float32Array(SIZE);
  const values = randoms(SIZE, 50);
  for (const { offset, size } of SLICES) parameters.set(values.subarray(offset, offset + size), offset);
  return parameters;
}

/** Gradient at step t with its planes added up, float64. */
function summed(partials: Float32Array, firstBlock: number): Float64Array {
  const gradients = new Float64Array(SIZE);
  for (const { size, offset, planes, partials: at } of SLICES) {
    if (offset < firstBlock * 64) continue;
    for (let p = 0; p < planes; p++) {
      for (let i = 0; i < size; i++) gradients[offset + i] += partials[at + p * strideOf(size) + i];
    }
  }
  return gradients;
}

/** AdamW in float64, in place; returns the norm and the clip scale. */
function adamw64(
  state: { parameters: Float64Array; first: Float64Array; second: Float64Array },
  gradients: Float64Array,
  t: number,
  maxGradNorm: number,
  firstBlock: number,
): [number, number] {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = RATES;
  const { correction1, correction2 } = corrections(t);
  const norm = Math.sqrt(gradients.reduce((sum, value) => sum + value * value, 0));
  const scale = norm > maxGradNorm ? maxGradNorm / norm : 1;
  for (const { offset, size, decay } of SLICES) {
    if (offset < firstBlock * 64) continue;
    for (let i = offset; i < offset + size; i++) {
      const g = gradients[i] * scale;
      state.first[i] = beta1 * state.first[i] + (1 - beta1) * g;
      state.second[i] = beta2 * state.second[i] + (1 - beta2) * g * g;
      const change = state.first[i] / correction1 / (Math.sqrt(state.second[i] / correction2) + epsilon);
      state.parameters[i] *= 1 - learningRate * (decay ? weightDecay : 0);
      state.parameters[i] -= learningRate * change;
    }
  }
  return [norm, scale];
}

type Snapshot = Record<'parameters' | 'gradients' | 'first' | 'second' | 'scratch', Float32Array>;

/** Runs one step per entry of `partials` and returns all buffers after each. */
async function gpuSteps(
  partials: readonly Float32Array[],
  maxGradNorm: number,
  firstBlock: number,
): Promise<Snapshot[]> {
  const { device, errors } = await dawn();
  const table = blockTable(SLICES, SIZE, ({ partials: offset, size, planes }) =>
    planes === 0 ? null : { offset, stride: strideOf(size), planes },
  );
  const content: Record<OptimizerBuffer, Float32Array | Uint32Array> = {
    parameters: start(),
    gradients: new Float32Array(SIZE).fill(777),
    first: new Float32Array(SIZE),
    second: new Float32Array(SIZE),
    partials: partials[0],
    table,
    scratch: new Float32Array(optimizerScratch(SIZE)).fill(777),
  };
  const names = Object.keys(OPTIMIZER_BUFFERS) as OptimizerBuffer[];
  const buffers = Object.fromEntries(
    names.map((name) => {
      const buffer = device.createBuffer({ size: content[name].byteLength, usage: 0x80 | 0x4 | 0x8 });
      device.queue.writeBuffer(buffer, 0, content[name] as Float32Array<ArrayBuffer>);
      return [name, buffer];
    }),
  ) as Record<OptimizerBuffer, GPUBuffer>;
  const stepBuffer = device.createBuffer({ size: STEP_WORDS * 4, usage: 0x40 | 0x8 });
  const layout = optimizerLayout(device);
  const group = device.createBindGroup({
    layout: layout.group,
    entries: [
      ...names.map((name) => ({
        binding: OPTIMIZER_BUFFERS[name].binding,
        resource: { buffer: buffers[name] },
      })),
      { binding: OPTIMIZER_STEP_BINDING, resource: { buffer: stepBuffer } },
    ],
  });
  const uses = optimizerUses(SIZE);
  const pipelines = uses.map(({ code }) =>
    device.createComputePipeline({
      layout: layout.pipeline,
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    }),
  );
  const quiet = Object.fromEntries(STEP_FIELDS.map((field) => [field.split(':')[0], 0]));
  const snapshots: Snapshot[] = [];
  for (const [t, values] of partials.entries()) {
    device.queue.writeBuffer(buffers.partials, 0, values as Float32Array<ArrayBuffer>);
    const words: Record<StepField, number> = {
      ...(quiet as Record<StepField, number>),
      ...RATES,
      ...corrections(t + 1),
      maxGradNorm,
      firstBlock,
    };
    const data = new DataView(new ArrayBuffer(STEP_WORDS * 4));
    packWords(STEP_FIELDS, words, data, 0);
    device.queue.writeBuffer(stepBuffer, 0, data.buffer);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setBindGroup(0, group);
    uses.forEach(({ workgroups }, i) => {
      pass.setPipeline(pipelines[i]);
      // A workgroup too many, as a large grid has.
      pass.dispatchWorkgroups(...grid(workgroups + 1));
    });
    pass.end();
    device.queue.submit([encoder.finish()]);
    const read = async (name: OptimizerBuffer) => {
      const target = device.createBuffer({ size: buffers[name].size, usage: 0x1 | 0x8 });
      const copy = device.createCommandEncoder();
      copy.copyBufferToBuffer(buffers[name], 0, target, 0, target.size);
      device.queue.submit([copy.finish()]);
      await target.mapAsync(1);
      const result = new Float32Array(target.getMappedRange().slice(0));
      target.destroy();
      return result;
    };
    snapshots.push({
      parameters: await read('parameters'),
      gradients: await read('gradients'),
      first: await read('first'),
      second: await read('second'),
      scratch: await read('scratch'),
    });
  }
  for (const buffer of [...Object.values(buffers), stepBuffer]) buffer.destroy();
  expect(errors, 'WebGPU reported an error').toEqual([]);
  return snapshots;
}

const partialsOf = (steps: number, scale = 0.1) =>
  Array.from({ length: steps }, (_, t) => randoms(PARTIALS, 60 + t, scale));

describe.each([
  ['no clip', 1e30, 0],
  ['infinite limit', Number.POSITIVE_INFINITY, 0],
  ['clip', 1, 0],
  ['frozen prefix', 1, FROZEN],
])('%s', (_, maxGradNorm, firstBlock) => {
  test('parameters, gradients, moments and norm over five steps', async () => {
    const partials = partialsOf(5);
    const got = await gpuSteps(partials, maxGradNorm, firstBlock);
    const state = {
      parameters: Float64Array.from(start()),
      first: new Float64Array(SIZE),
      second: new Float64Array(SIZE),
    };
    partials.forEach((values, t) => {
      const gradients = summed(values, firstBlock);
      const [norm, scale] = adamw64(state, gradients, t + 1, maxGradNorm, firstBlock);
      expect(norm).toBeGreaterThan(10);
      expect(Math.abs(got[t].scratch[0] / norm - 1)).toBeLessThan(1e-6);
      expect(Math.abs(got[t].scratch[1] / scale - 1)).toBeLessThan(1e-6);
      expectClose(got[t].gradients, gradients);
      expectClose(got[t].parameters, state.parameters, 5e-6);
      expectClose(got[t].first, state.first);
      expectClose(got[t].second, state.second);
    });
    expect(got[4].parameters.slice(0, firstBlock * 64)).toEqual(start().slice(0, firstBlock * 64));
    const used = new Set(
      SLICES.flatMap(({ offset, size }) => Array.from({ length: size }, (_, i) => offset + i)),
    );
    const padding = (values: Float32Array) =>
      values.filter((_, i) => !used.has(i)).every((value) => value === 0);
    expect(padding(got[4].parameters) && padding(got[4].gradients) && padding(got[4].first)).toBe(true);
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 3e38])('a gradient of %f leaves everything', async (bad) => {
  const partials = partialsOf(2);
  partials[1][SLICES[2].partials + 5000] = bad;
  const [before, after] = await gpuSteps(partials, 1, 0);
  expect(Number.isFinite(after.scratch[0])).toBe(false);
  for (const name of ['parameters', 'first', 'second'] as const) expect(after[name]).toEqual(before[name]);
});

test('a gradient of zero has scale 1, even with a limit of 0', async () => {
  const [after] = await gpuSteps([new Float32Array(PARTIALS)], 0, 0);
  expect([after.scratch[0], after.scratch[1]]).toEqual([0, 1]);
  expect(after.parameters.every(Number.isFinite)).toBe(true);
});

test('the same twice, bit by bit', async () => {
  const [a, b] = [await gpuSteps(partialsOf(3), 1, 0), await gpuSteps(partialsOf(3), 1, 0)];
  expect(a).toEqual(b);
});

test('planes that are not aligned are refused', () => {
  expect(() => blockTable(SLICES, SIZE, () => ({ offset: 2, stride: 64, planes: 1 }))).toThrow(
    'multiples of 4',
  );
  expect(() => blockTable(SLICES, SIZE, () => ({ offset: 0, stride: 7, planes: 2 }))).toThrow(
    'multiples of 4',
  );
});
