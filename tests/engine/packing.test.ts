// Packed batches: every token once or with its group, absent pictures absent, and results as of the padded batch.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Packing, SEGMENT_WORDS } from '../../src/engine/plan/packing.ts';
import type { SequenceBatch } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { MAX_TEXT } from '../../src/terms/model.ts';
import { expectSameInAnyRoom, expectSharedAsAlone } from './packedModels.ts';
import { BACKBONE_NAMES, testSpec } from './support.ts';

const IMAGE_TOKENS = 4;

/** Groups as [common tokens, has a picture, tokens behind the common ones of each item]. */
const groups = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.array(fc.nat(6), { minLength: 1, maxLength: 4 })),
  { minLength: 1, maxLength: 6 },
);
type Groups = typeof groups extends fc.Arbitrary<infer T> ? T : never;

/** Token values are the place in the batch, so that each can be told. */
function batchOf(lists: Groups): SequenceBatch {
  const items = lists.flatMap(([common, picture, rests], g) =>
    rests.map((rest, i) => ({
      group: g,
      common,
      picture,
      length: common + rest,
      shares: i > 0 ? common : 0,
    })),
  );
  const time = items.reduce((most, { length }) => Math.max(most, length), 1);
  const tokens = new Int32Array(items.length * time);
  items.forEach(({ group, common, length }, b) => {
    for (let t = 0; t < length; t++)
      tokens[b * time + t] = t < common ? -1000 * (group + 1) - t : b * time + t;
  });
  return {
    batch: items.length,
    time,
    tokens,
    lengths: Int32Array.from(items, ({ length }) => length),
    patches: null,
    hasImage: Uint8Array.from(items, ({ picture }) => (picture ? 1 : 0)),
    shared: Int32Array.from(items, ({ shares }) => shares),
  };
}

function pack(batch: SequenceBatch) {
  const packing = new Packing(IMAGE_TOKENS);
  packing.measure(batch);
  const { pictures, texts, sequences, segments } = packing.counts;
  const into = {
    tokens: new Int32Array(texts),
    source: new Int32Array(sequences),
    positions: new Int32Array(sequences),
    imagePositions: new Int32Array(pictures * IMAGE_TOKENS),
    segments: new Int32Array(segments * SEGMENT_WORDS),
    imageSegments: new Int32Array(pictures * SEGMENT_WORDS),
    patches: null,
  };
  packing.write(batch, into);
  return { packing, into };
}

describe('the layout', () => {
  test('every token stands where its row says, at its position, and sees just what stands before it', () => {
    fc.assert(
      fc.property(groups, (lists) => {
        const batch = batchOf(lists);
        const { packing, into } = pack(batch);
        const { counts } = packing;
        const pictures = lists.filter(([, picture]) => picture).length;
        const once = lists.reduce(
          (sum, [common, , rests]) => sum + common + rests.reduce((a, b) => a + b, 0),
          0,
        );
        expect([counts.pictures, counts.texts]).toEqual([pictures, once]);
        expect(counts.sequences).toBe(once + pictures * IMAGE_TOKENS);
        // What each row sees, by the segments.
        const seen = new Map<number, number[]>();
        for (let s = 0; s < counts.segments; s++) {
          const [context, contextRows, start, own, image] = into.segments.subarray(s * SEGMENT_WORDS);
          for (let i = 0; i < own; i++) {
            const keys = Array.from({ length: contextRows + own }, (_, j) =>
              j < contextRows ? context + j : start + j - contextRows,
            );
            expect(seen.has(start + i)).toBe(false);
            seen.set(
              start + i,
              keys.slice(0, Math.max(contextRows + i + 1, contextRows + i < image ? image : 0)),
            );
          }
        }
        expect(seen.size).toBe(counts.sequences);
        for (let b = 0; b < batch.batch; b++) {
          const image = batch.hasImage[b] ? IMAGE_TOKENS : 0;
          const own = Array.from({ length: batch.lengths[b] }, (_, t) => packing.row(batch, b, t));
          own.forEach((row, t) => {
            expect(into.tokens[into.source[row]]).toBe(batch.tokens[b * batch.time + t]);
            expect(into.positions[row]).toBe(IMAGE_TOKENS + t);
            const keys = seen.get(row) ?? [];
            expect(keys).toHaveLength(image + t + 1);
            expect(keys.slice(image)).toEqual(own.slice(0, t + 1));
            expect(keys.slice(0, image).map((key) => into.source[key] < 0)).toEqual(Array(image).fill(true));
          });
          expect(() => packing.row(batch, b, batch.lengths[b])).toThrow(RangeError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('what cannot be is refused', () => {
    const batch = batchOf([[2, false, [1, 1]]]);
    const packing = new Packing(IMAGE_TOKENS);
    expect(() => packing.measure({ ...batch, shared: Int32Array.of(0, 4) })).toThrow(/item 0 is shorter/);
    const long = { ...batch, time: MAX_TEXT + 1, lengths: Int32Array.of(MAX_TEXT + 1, 1), shared: undefined };
    expect(() => packing.measure(long)).toThrow(RangeError);
    packing.measure(batch);
    for (const [b, t] of [
      [-1, 0],
      [2, 0],
      [0, -1],
      [0, 3],
      [Number.NaN, 0],
    ] as const) {
      expect(() => packing.row(batch, b, t)).toThrow(/outside the batch/);
    }
  });
});

describe.each(BACKBONE_NAMES)(
  '%s: one prefix for a group gives what its items give by themselves',
  (backbone) => {
    test('outputs, gradients, attention on the picture', async () =>
      expectSharedAsAlone(await createWasmEngine(), testSpec(backbone, 'small')));
  },
);

test('results do not depend on the room that larger batches left', async () =>
  expectSameInAnyRoom(await createWasmEngine()));
