// Segments that the attention kernels of all executors are tested on: pictures, texts alone, prefixes with their items, odd lengths.

import type { Segment } from './float64.ts';

export type SegmentRows = readonly [own: number, image: number, contextRows?: number];

/** Segments one after the other; one with context rows has the last one without as its context. */
export function segmentsOf(rows: readonly SegmentRows[]): Segment[] {
  let start = 0;
  let context = 0;
  return rows.map(([own, image, contextRows = 0]) => {
    if (contextRows === 0) context = start;
    const segment = { context: contextRows > 0 ? context : 0, contextRows, start, own, image };
    start += own;
    return segment;
  });
}

/** Heads, width, segments as [own rows, keys of a picture, rows of the context]. */
export const SEGMENT_CASES: readonly [heads: number, width: number, rows: readonly SegmentRows[]][] = [
  [1, 4, [[1, 0]]],
  [
    2,
    8,
    [
      [7, 0],
      [4, 0],
    ],
  ],
  // With and without a picture.
  [
    2,
    8,
    [
      [9, 4],
      [5, 0],
      [9, 4],
    ],
  ],
  [
    3,
    12,
    [
      [3, 3],
      [8, 3],
    ],
  ],
  // Pictures alone: every row sees all.
  [
    1,
    4,
    [
      [6, 6],
      [6, 6],
    ],
  ],
  // Several blocks of rows, a picture that ends inside one.
  [
    1,
    4,
    [
      [37, 20],
      [17, 0],
    ],
  ],
  [1, 4, [[50, 0]]],
  [1, 4, [[35, 35]]],
  // A prefix with its items, one of them without rows of its own, then another group and a plain item.
  [
    2,
    8,
    [
      [6, 4],
      [3, 4, 6],
      [0, 4, 6],
      [5, 4, 6],
      [2, 0],
      [18, 0, 2],
      [1, 0, 2],
      [9, 0],
    ],
  ],
  [
    1,
    4,
    [
      [21, 9],
      [19, 9, 21],
      [33, 9, 21],
    ],
  ],
];
