// The linear memory beyond 2 GiB, where an address is no longer a signed 32-bit number, and at its end.

import { expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { BoundPlans } from '../../src/engine/wasm/boundPlans.ts';
import { createCore, createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { LinearMemory } from '../../src/engine/wasm/memory.ts';
import { WasmModel } from '../../src/engine/wasm/model.ts';
import { requireRoom } from '../../src/engine/wasm/room.ts';
import { createWgslEngine, PORTABLE } from '../../src/engine/wgsl/engine.ts';
import type { Workload } from '../../src/engine/workload.ts';
import { mockDevice } from './mockDevice.ts';
import { predictedRows, REQUEST, STEP, testBatch, testSpec, testWeights } from './support.ts';

/** Texts alone, every row of them asked for. */
function countsOf(items: number, time: number) {
  const rows = items * time;
  return { pictures: 0, texts: rows, sequences: rows, segments: items, keys: time, outputs: rows };
}

test('CASES 19: views of regions at and above 2 GiB lie where the region lies', () => {
  const memory = new LinearMemory();
  const low = memory.allocate(4);
  memory.f32(low).fill(1);
  // The pages in between are never touched.
  memory.reserve(2 ** 31);
  const high = memory.allocate(64);
  expect(high.pointer).toBeGreaterThanOrEqual(2 ** 31);
  expect([memory.f32(high).byteOffset, memory.i32(high).byteOffset]).toEqual([high.pointer, high.pointer]);
  expect(memory.f32(high)).toHaveLength(64);
  expect([...memory.f32(low)]).toEqual([1, 1, 1, 1]);
});

test.each([2 ** 31, 2 ** 31 - 2 ** 18])(
  'CASES 19: a model whose memory begins at %i computes the bits that it computes at the beginning',
  async (start) => {
    const run = async (reserved: number) => {
      const { shared } = await createCore({ threads: 1 });
      const { memory } = shared;
      if (reserved > 0) memory.reserve(reserved);
      const spec = testSpec('internvl-mini', 'small', { lm: true, classes: 0, value: true });
      const model = new WasmModel(shared, spec, 1);
      const batch = testBatch(spec, 6, 20, 'some');
      const { rows, targets } = predictedRows(batch);
      const weights = testWeights(rows.length);
      for (let i = 0; i < 2; i++) await model.updateTokens(batch, rows, targets, 1, () => weights, STEP);
      const rollout = await model.generate({ ...REQUEST, prompts: testBatch(spec, 2, 9), maxNewTokens: 12 });
      const result = {
        parameters: await model.getParameters(),
        outputs: await model.tokenOutputs(batch, rows, targets, 1),
        rollout,
      };
      return { result, used: memory.usedBytes };
    };
    const { result, used } = await run(start);
    expect(used).toBeGreaterThan(start + 2 ** 20);
    expect(result).toEqual((await run(0)).result);
  },
);

test('CASES 19: a batch without room is told with its model, and nothing of before is written over', async () => {
  const { shared } = await createCore({ threads: 1 });
  const empty = { pointer: 0, length: 0 };
  const spec = testSpec('qwen-mini', 'small');
  const plans = new BoundPlans(shared, spec, { parameters: empty, gradients: empty, ropeTable: empty });
  let error: unknown;
  try {
    plans.bind('training', countsOf(60_000, 90));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PlaygroundError);
  const { code, message } = error as PlaygroundError;
  expect(code).toBe('out-of-memory');
  expect(message).toMatch(/5400000 rows through qwen-mini small/);
  expect(shared.arena.region.length).toBe(0);
  for (const use of ['training', 'inference'] as const) {
    expect(plans.bind(use, countsOf(1, 5)).plan.shape.texts).toBe(8);
  }
});

/** Work on a small model, of `batch` sequences. */
function workload(batch: number, more: Partial<Workload> = {}): Workload {
  const spec = testSpec('qwen-mini', 'small');
  const what = `An update on ${batch} responses`;
  return { what, advice: 'Lower it.', spec, kind: 'training', batch, time: 40, outputs: batch * 20, ...more };
}

test('CASES 19: the memory that work needs is that of the plans it is done with', async () => {
  const { shared } = await createCore({ threads: 1 });
  const work = workload(16);
  const takenBytes = shared.memory.usedBytes;
  const model = new WasmModel(shared, work.spec, 1);
  const batch = testBatch(work.spec, 16, 40, 'all');
  batch.lengths.fill(40);
  const rows = Int32Array.from({ length: 16 * 20 }, (_, i) => Math.floor(i / 20) * 40 + (i % 20));
  const weights = { logp: new Float32Array(rows.length), entropy: null, values: null };
  const told = (mostBytes: number) => {
    try {
      requireRoom({ mostBytes, takenBytes }, [work.spec], [work]);
      return 'fits';
    } catch (error) {
      return (error as PlaygroundError).code;
    }
  };
  const before = shared.memory.usedBytes;
  await model.updateTokens(batch, rows, new Int32Array(rows.length), 1, () => weights, STEP);
  expect(shared.memory.usedBytes).toBeGreaterThan(1.5 * before);
  // Tables and the ends of regions are not counted: they are small.
  expect(told(shared.memory.usedBytes)).toBe('fits');
  expect(told(0.9 * shared.memory.usedBytes)).toBe('out-of-memory');
});

test('CASES 19: the refusal names the work, its model, what it needs and what makes it smaller', async () => {
  const engine = await createWasmEngine({ threads: 1 });
  const { spec } = workload(1);
  expect(() => engine.requireRoom?.([spec], [workload(16), workload(32)])).not.toThrow();
  expect(() => engine.requireRoom?.([spec], [workload(16), workload(40_000)])).toThrow(
    /^An update on 40000 responses through qwen-mini small needs about [\d.]+ GB of compute memory .* at most 4.3 GB\.$/,
  );
  // What a rollout keeps of its samples counts too.
  const rollout = { samples: 300_000, maxNewTokens: 60 };
  expect(() => engine.requireRoom?.([spec], [workload(8, { kind: 'prefill', outputs: 8, rollout })])).toThrow(
    /compute memory/,
  );
});

test('CASES 19: work over the limit of an adapter is refused with the limit, and the device stays', async () => {
  const { device, counts } = mockDevice(2 ** 24);
  const engine = await createWgslEngine({
    device: { device, description: 'counting mock' },
    variants: PORTABLE,
  });
  const { spec } = workload(1);
  expect(() => engine.requireRoom?.([spec], [workload(8)])).not.toThrow();
  const { buffers } = counts;
  expect(() => engine.requireRoom?.([spec], [workload(8), workload(512)])).toThrow(
    /^An update on 512 responses through qwen-mini small: the arena buffer would take [\d.]+ MB, and the adapter allows 16.8 MB\.$/,
  );
  const rollout = { samples: 4096, maxNewTokens: 60 };
  expect(() => engine.requireRoom?.([spec], [workload(8, { kind: 'prefill', outputs: 8, rollout })])).toThrow(
    /the cache buffer would take/,
  );
  const large = testSpec('qwen-mini', 'large');
  expect(() => engine.requireRoom?.([large], [])).toThrow(/qwen-mini large: the buffer of parameters/);
  // The same limit where a batch comes unannounced.
  const model = await engine.createModel(spec, 1);
  const batch = testBatch(spec, 512, 40);
  const failed = await model.logits(batch, new Int32Array(1)).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'out-of-memory' });
  expect((failed as PlaygroundError).message).toMatch(/the adapter allows 16.8 MB/);
  await expect(model.logits(testBatch(spec, 2, 8), new Int32Array(1))).resolves.toBeInstanceOf(Float32Array);
  expect(counts.buffers).toBeGreaterThan(buffers);
});
