// What was measured about this machine's adapters, kept in a small database of its own so that the next visit need not measure.

import { openDB } from 'idb';

const DATABASE = 'cosmo-engine';
const STORE = 'measurements';

export type MeasurementCache = {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
};

/** Null where there is no IndexedDB (Node, some private windows): then every start measures. */
export function measurementCache(): MeasurementCache | null {
  if (typeof indexedDB === 'undefined') return null;
  const open = () =>
    openDB(DATABASE, 1, {
      upgrade: (database) => {
        database.createObjectStore(STORE);
      },
    });
  return {
    async get(key) {
      const database = await open();
      try {
        const value: unknown = await database.get(STORE, key);
        return typeof value === 'string' ? value : null;
      } finally {
        database.close();
      }
    },
    async set(key, value) {
      const database = await open();
      try {
        await database.put(STORE, value, key);
      } finally {
        database.close();
      }
    },
  };
}
