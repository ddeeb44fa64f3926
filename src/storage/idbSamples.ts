// Samples in IndexedDB: one record per rollout batch, one small index row per group.

import { requireRun, transact } from './connection.ts';
import { deepCopy } from './copy.ts';
import { checkBatch, compareRows, indexRows, matchesQuery } from './samples.ts';
import { type Database, prefixRange } from './schema.ts';
import type { SampleBatch, SampleIndexRow, SampleQuery } from './types.ts';

/** Puts or replaces the batch and its index rows in one transaction. */
export async function putSamples(db: Database, batch: SampleBatch): Promise<void> {
  checkBatch(batch);
  const { runId, step } = batch;
  await transact(db, ['runs', 'samples', 'sampleIndex'], 'readwrite', async (transaction) => {
    await requireRun(transaction, runId);
    const index = transaction.objectStore('sampleIndex');
    await Promise.all([
      transaction.objectStore('samples').put(deepCopy(batch)),
      index.delete(prefixRange(runId, step)),
      ...indexRows(batch).map((row) => index.put(row)),
    ]);
  });
}

/** Index rows that meet the query, by step and group. The most selective index is read, the rest is filtered. */
export function readSampleIndex(db: Database, query: SampleQuery): Promise<SampleIndexRow[]> {
  const { limit = Infinity } = query;
  return transact(db, ['sampleIndex'], 'readonly', async (transaction) => {
    const store = transaction.objectStore('sampleIndex');
    const { source, range, inOrder } = chooseIndex(store, query);
    if (!inOrder || limit === Infinity) {
      const rows = await source.getAll(range);
      return rows
        .filter((row) => matchesQuery(row, query))
        .sort(compareRows(query))
        .slice(0, limit);
    }
    const rows: SampleIndexRow[] = [];
    let cursor = await source.openCursor(range, query.newestFirst ? 'prev' : 'next');
    while (cursor && rows.length < limit) {
      if (matchesQuery(cursor.value, query)) rows.push(cursor.value);
      cursor = await cursor.continue();
    }
    return rows;
  });
}

/** Both an object store and an index can be read so. */
type RowSource = {
  getAll(range: IDBKeyRange): Promise<SampleIndexRow[]>;
  openCursor(range: IDBKeyRange, direction: IDBCursorDirection): Promise<RowCursor | null>;
};
type RowCursor = { readonly value: SampleIndexRow; continue(): Promise<RowCursor | null> };
type IndexName = 'byStage' | 'byLabel' | 'byPolicyVersion' | 'byAbsAdvantage';
type IndexStore = RowSource & { index(name: IndexName): RowSource };

type Choice = { source: RowSource; range: IDBKeyRange; inOrder: boolean };

function chooseIndex(store: IndexStore, query: SampleQuery): Choice {
  const { runId, label, stage, minStep = 0, maxStep = Infinity, minPolicyVersion, minAbsAdvantage } = query;
  const at = (name: IndexName, value: string): Choice => {
    const range = IDBKeyRange.bound([runId, value, minStep], [runId, value, maxStep]);
    return { source: store.index(name), range, inOrder: true };
  };
  const from = (name: IndexName, least: number): Choice => {
    const range = IDBKeyRange.bound([runId, least], [runId, []]);
    return { source: store.index(name), range, inOrder: false };
  };
  if (label !== undefined) return at('byLabel', label);
  if (minPolicyVersion !== undefined) return from('byPolicyVersion', minPolicyVersion);
  if (stage !== undefined) return at('byStage', stage);
  if (minAbsAdvantage !== undefined && query.limit === undefined)
    return from('byAbsAdvantage', minAbsAdvantage);
  return { source: store, range: IDBKeyRange.bound([runId, minStep], [runId, maxStep, []]), inOrder: true };
}
