// Blocks of attention rows: every row in one block, spans over the items of a group, never more than there is room for.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BLOCK_ROWS,
  BLOCK_WORDS,
  cutSegments,
  mostBlocks,
  SPAN_WORDS,
} from '../../src/engine/plan/blocks.ts';
import { segmentWords } from './float64.ts';
import { segmentsOf } from './segmentCases.ts';

/** Groups as rows of a prefix and rows of each item; without items the first is a segment by itself. */
const groups = fc.array(fc.tuple(fc.integer({ min: 1, max: 13 }), fc.array(fc.nat(9), { maxLength: 4 })), {
  minLength: 1,
  maxLength: 6,
});

test('every row of every segment is in one block, and a key finds all rows that see it', () => {
  fc.assert(
    fc.property(groups, (lists) => {
      const segments = segmentsOf(
        lists.flatMap(([prefix, items]) => [
          [prefix, 0] as const,
          ...items.map((own) => [own, 0, prefix] as const),
        ]),
      );
      const rows = segments.reduce((sum, { own }) => sum + own, 0);
      const room = mostBlocks(rows, segments.length);
      const spans = new Int32Array(segments.length * SPAN_WORDS);
      const blocks = new Int32Array((room + 1) * BLOCK_WORDS).fill(-1);
      const count = cutSegments(Int32Array.from(segmentWords(segments)), segments.length, spans, blocks);
      expect(count).toBeLessThanOrEqual(room);
      expect(blocks.subarray(count * BLOCK_WORDS).every((word) => word === -1)).toBe(true);
      let block = 0;
      segments.forEach(({ start, own, contextRows }, s) => {
        const [firstBlock, end] = spans.subarray(s * SPAN_WORDS);
        expect(firstBlock).toBe(block);
        for (let first = 0; first < own; first += BLOCK_ROWS, block++) {
          expect([...blocks.subarray(block * BLOCK_WORDS, (block + 1) * BLOCK_WORDS)]).toEqual([s, first]);
        }
        const readers = segments.filter((other) => other.contextRows > 0 && other.context === start);
        expect(end).toBe(s + 1 + (contextRows > 0 ? 0 : readers.length));
      });
      expect(block).toBe(count);
    }),
    { numRuns: 200 },
  );
});
