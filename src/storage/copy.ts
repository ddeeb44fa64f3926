// Deep copies in which every typed array owns exactly its own bytes.

type Sliceable = { slice(): unknown };

/**
 * A deep copy of plain data. Typed arrays are copied with `slice()`, because a stored view keeps its *whole*
 * backing buffer, and shared memory cannot be stored at all.
 */
export function deepCopy<T>(value: T): T {
  return copyAny(value) as T;
}

function copyAny(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return (value as unknown as Sliceable).slice();
  if (Array.isArray(value)) return value.map(copyAny);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyAny(item)]));
}

/** Bytes of the typed arrays and texts in plain data, roughly. */
export function roughBytes(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 0;
  for (const [key, item] of Object.entries(value)) bytes += 2 * key.length + roughBytes(item);
  return bytes;
}
