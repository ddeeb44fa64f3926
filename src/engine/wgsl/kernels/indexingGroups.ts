// The host's part of scattered sums: which rows belong to which target row.

/**
 * Counting sort of the positions 0 .. count by index[indexAt + position], stable: the positions with `key` are
 * target[orderAt + k] for k in target[startsAt + key] .. target[startsAt + key + 1]. Writes keys + 1 starts and `count`
 * positions; allocates nothing. @throws RangeError on an index that is no key.
 */
export function groupByIndex(
  index: Int32Array,
  indexAt: number,
  count: number,
  keys: number,
  target: Uint32Array,
  startsAt: number,
  orderAt: number,
): void {
  target.fill(0, startsAt, startsAt + keys + 1);
  for (let i = 0; i < count; i++) {
    const key = index[indexAt + i];
    if (!(key >= 0 && key < keys)) throw new RangeError(`index ${key} is outside 0 .. ${keys - 1}`);
    target[startsAt + key + 1]++;
  }
  for (let key = 0; key < keys; key++) target[startsAt + key + 1] += target[startsAt + key];
  // Filling moves every start to its end, which is the next key's start: moved back afterwards.
  for (let i = 0; i < count; i++) target[orderAt + target[startsAt + index[indexAt + i]]++] = i;
  target.copyWithin(startsAt + 1, startsAt, startsAt + keys);
  target[startsAt] = 0;
}
