// The arena never overlays two buffers that live at once; the plan covers every operation.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packArena } from '../../src/engine/plan/arena.ts';
import { makePlan } from '../../src/engine/plan/plan.ts';
import { BACKBONE_NAMES, testSpec } from './support.ts';

const item = fc
  .record({ size: fc.integer({ min: 1, max: 500 }), start: fc.nat(30), length: fc.nat(10) })
  .map(({ size, start, length }) => ({ size, start, end: start + length }));

test('items that overlap in time never overlap in memory', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), (items) => {
      const { offsets, size } = packArena(items);
      items.forEach((a, i) => {
        expect(offsets[i] % 16).toBe(0);
        expect(offsets[i] + a.size).toBeLessThanOrEqual(size);
        items.forEach((b, j) => {
          const meet = i !== j && a.start <= b.end && b.start <= a.end;
          if (meet) expect(offsets[i] + a.size <= offsets[j] || offsets[j] + b.size <= offsets[i]).toBe(true);
        });
      });
    }),
    { numRuns: 200 },
  );
});

test('the arena is no larger than the sum of its parts, and smaller where lifetimes allow', () => {
  const items = Array.from({ length: 10 }, (_, i) => ({ size: 160, start: 2 * i, end: 2 * i + 1 }));
  expect(packArena(items).size).toBe(160);
  expect(packArena(items.map((one) => ({ ...one, start: 0, end: 9 }))).size).toBe(1600);
});

test.each(BACKBONE_NAMES)(
  '%s: inference needs less memory than training, and every tensor has a place',
  (backbone) => {
    const spec = testSpec(backbone);
    const shape = { pictures: 2, texts: 24, sequences: 32, segments: 3, keys: 12, outputs: 5 };
    const [inference, training] = (['inference', 'training'] as const).map((kind) =>
      makePlan(spec.full, shape, kind),
    );
    expect(inference.size).toBeLessThan(training.size);
    for (const plan of [inference, training]) {
      expect(plan.values.every((offset) => offset >= 0 && offset < plan.size)).toBe(true);
    }
    const needed = spec.full.operations
      .filter(({ op }) => op !== 'patches')
      .map(({ out }) => training.gradients[out]);
    expect(needed.every((offset) => offset >= 0)).toBe(true);
  },
);
