// Metric rows and sample batches are written while the next iteration computes; whatever else is asked of the store waits for them.
//
// So a checkpoint is never stored before the rows and samples that it stands after. A thread that dies loses what it had not yet
// written, all of it younger than its last checkpoint, from which the run computes it again.

import type { MetricRow, RunStore } from '../storage/types.ts';

/** Writes that may wait; the next one waits for the store. */
const MOST_WAITING = 4;

export type WriteBehind = {
  store: RunStore;
  /** Until all is written. @throws what a write failed with. */
  settle(): Promise<void>;
};

/** A failed write is thrown by the next call; nothing is written after it. */
export function writeBehind(store: RunStore): WriteBehind {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let failure: { error: unknown } | null = null;
  /** Rows that the next write takes along. */
  let rows: MetricRow[] = [];

  const settle = async () => {
    await last;
    if (failure) throw failure.error;
  };
  const later = async (write: () => Promise<void>) => {
    waiting++;
    last = last
      .then(() => (failure ? undefined : write()))
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        waiting--;
      });
    if (failure || waiting > MOST_WAITING) await settle();
  };
  const deferred: Pick<RunStore, 'appendMetrics' | 'putSamples'> = {
    appendMetrics: (runId, more) => {
      const isQueued = rows.length > 0;
      rows = rows.concat(more);
      if (isQueued) return failure ? settle() : Promise.resolve();
      return later(() => {
        const taken = rows;
        rows = [];
        return store.appendMetrics(runId, taken);
      });
    },
    putSamples: (batch) => later(() => store.putSamples(batch)),
  };
  const proxy = new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(deferred, name)) return Reflect.get(deferred, name) as unknown;
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        await settle();
        return Reflect.apply(method, target, given) as unknown;
      };
    },
  });
  return { store: proxy, settle };
}
