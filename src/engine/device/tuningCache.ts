// What was measured about this machine's adapters, kept in a small database of its own so that the next visit need not measure.

import { type IDBPDatabase, openDB } from 'idb';

const DATABASE = 'cosmo-engine';
const STORE = 'measurements';

export type MeasurementCache = {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
};

/** Null where there is no IndexedDB (Node, some private windows): then every start measures. */
export function measurementCache(): MeasurementCache | null {
  try {
    if (typeof indexedDB === 'undefined') return null;
  } catch {
    // Forbidden.
    return null;
  }
  const opened = async <T>(work: (database: IDBPDatabase) => Promise<T>): Promise<T> => {
    const database = await openDB(DATABASE, 1, {
      upgrade: (fresh) => {
        fresh.createObjectStore(STORE);
      },
    });
    return work(database).finally(() => database.close());
  };
  return {
    get: (key) =>
      opened(async (database) => {
        const value: unknown = await database.get(STORE, key);
        return typeof value === 'string' ? value : null;
      }),
    set: (key, value) => opened(async (database) => void (await database.put(STORE, value, key))),
  };
}

/** What was kept under a key, if it has the shape that `isKnown` asks for; null without one or where the cache fails. */
export async function remembered<T>(
  cache: MeasurementCache | null | undefined,
  key: string,
  isKnown: (value: T) => boolean,
): Promise<T | null> {
  try {
    const value = JSON.parse((await cache?.get(key)) ?? 'null') as T | null;
    return value !== null && isKnown(value) ? value : null;
  } catch {
    return null;
  }
}
