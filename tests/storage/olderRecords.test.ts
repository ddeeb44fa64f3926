// What versions before 0.2.0 stored still opens, and what it lacks is not made up.

import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { currentBatch } from '../../src/storage/olderRecords.ts';
import { shownVerdict } from '../../src/training/verdicts.ts';
import { olderBatch, olderBatchRead, olderBundle } from './olderShapes.ts';
import { makeBatch } from './records.ts';
import { fill } from './wholeRun.ts';

test('a batch with safety classes alone keeps them, without probabilities and other heads', () => {
  const batch = makeBatch('a', 1);
  expect(currentBatch(olderBatch(batch))).toEqual(olderBatchRead(batch));
  expect(currentBatch(batch)).toBe(batch);
});

test('its verdicts are shown as far as they are stored', () => {
  const stored = currentBatch(olderBatch(makeBatch('a', 1)));
  expect(shownVerdict('safety', stored, 1)).toEqual({
    verdict: { name: 'safety: safe_with_warning', probability: null },
    oracleVerdict: 'safety: safe_with_warning',
  });
  // The Safety head was not asked here, and of the Helpful head nothing is stored.
  expect(shownVerdict('normal', stored, 6)).toMatchObject({ verdict: 'not stored' });
  expect(shownVerdict('value', stored, 1)).toEqual({
    verdict: 'not stored',
    oracleVerdict: 'safe_with_warning',
  });
  // No head serves this label.
  expect(shownVerdict('general', stored, 1)).toMatchObject({ verdict: null });
});

test('a bundle of version 1 comes in whole', async () => {
  const store = new MemoryStore();
  await fill(store, 'a');
  const older = olderBundle(await store.exportBundle('a'));
  const other = new MemoryStore();
  expect(await other.importBundle(older)).toBe('a');
  for (const step of [1, 6])
    expect(await other.getSamples('a', step)).toEqual(olderBatchRead(makeBatch('a', step)));
  expect(await other.getRun('a')).toEqual(await store.getRun('a'));
  // What goes out again is of today's version, and comes in as the same.
  const again = new MemoryStore();
  await again.importBundle(await other.exportBundle('a'));
  expect(await again.getSamples('a', 6)).toEqual(await other.getSamples('a', 6));
});
