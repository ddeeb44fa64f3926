// Packs buffers into one arena by their lifetimes: two that are never alive together may share memory.

export type ArenaItem = {
  /** Length in float32 values. */
  size: number;
  /** First and last step at which the content matters (inclusive). */
  start: number;
  end: number;
};

/** Offsets (in float32 values, multiples of 16) for all items, and the arena's length. Greedy, largest first. */
export function packArena(items: readonly ArenaItem[]): { offsets: number[]; size: number } {
  const order = items.map((_, index) => index).sort((a, b) => items[b].size - items[a].size || a - b);
  const offsets = new Array<number>(items.length).fill(0);
  const placed: number[] = [];
  let total = 0;
  for (const index of order) {
    const item = items[index];
    const rivals = placed
      .filter((other) => items[other].start <= item.end && item.start <= items[other].end)
      .sort((a, b) => offsets[a] - offsets[b]);
    let offset = 0;
    for (const rival of rivals) {
      if (offsets[rival] - offset >= item.size) break;
      offset = Math.max(offset, align(offsets[rival] + items[rival].size));
    }
    offsets[index] = offset;
    placed.push(index);
    total = Math.max(total, align(offset + item.size));
  }
  return { offsets, size: total };
}

function align(value: number): number {
  return Math.ceil(value / 16) * 16;
}
