// The linear memory beyond 2 GiB, where an address is no longer a signed 32-bit number, and at its end.

import { expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { BoundPlans } from '../../src/engine/wasm/boundPlans.ts';
import { createCore } from '../../src/engine/wasm/engine.ts';
import { LinearMemory } from '../../src/engine/wasm/memory.ts';
import { testSpec } from './support.ts';

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

test('CASES 19: a batch without room is told with its model, and nothing of before is written over', async () => {
  const { shared } = await createCore({ threads: 1 });
  const empty = { pointer: 0, length: 0 };
  const spec = testSpec('qwen-mini', 'small');
  const plans = new BoundPlans(shared, spec, { parameters: empty, gradients: empty, ropeTable: empty });
  let error: unknown;
  try {
    plans.bind('training', 60_000, 90, 60_000 * 90);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PlaygroundError);
  const { code, message } = error as PlaygroundError;
  expect(code).toBe('out-of-memory');
  expect(message).toMatch(/60000 sequences of 90 tokens through qwen-mini small/);
  expect(shared.arena.region.length).toBe(0);
  expect(plans.bind('inference', 1, 5, 1).plan.size).toBeGreaterThan(0);
});
