// What versions before 0.2.0 stored still opens, and what it lacks is not made up.

import { expect, test } from 'vitest';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { currentBatch, currentRun } from '../../src/storage/olderRecords.ts';
import { engineText } from '../../src/terms/origin.ts';
import { shownVerdict } from '../../src/training/verdicts.ts';
import { olderBatch, olderBatchRead, olderBundle, olderRun, olderRunRead } from './olderShapes.ts';
import { makeBatch, makeRun } from './records.ts';
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

test('a run with engine and version as texts has them as fields, as far as the texts tell', () => {
  const run = makeRun('a');
  expect(currentRun(olderRun(run))).toEqual(olderRunRead(run));
  expect(currentRun(run)).toBe(run);
  const read = (device: string) => currentRun({ ...olderRun(run), device }).engine;
  expect(read('wgsl (WebGPU, Acme, driver 2)')).toEqual({
    backend: 'wgsl',
    adapter: 'WebGPU, Acme, driver 2',
    simd: null,
    threads: null,
  });
  expect(read('cpu (tfjs in JavaScript, 1 thread)')).toEqual({
    backend: 'cpu',
    adapter: 'tfjs in JavaScript',
    simd: 'none',
    threads: 1,
  });
  // Between 0.2.0 and 0.3.0 a record said whether there was SIMD, and all kernels were plain.
  for (const [simd, build] of [
    [true, 'plain'],
    [false, 'none'],
    [null, null],
  ] as const) {
    expect(currentRun({ ...run, engine: { ...run.engine, simd } } as never).engine.simd).toBe(build);
  }
  // No engine of its own: it must not look like one.
  const released = 'comes with the page, trained on wasm (WebAssembly SIMD, 2 threads)';
  expect(read(released)).toEqual({ backend: '', adapter: released, simd: null, threads: null });
  for (const device of [released, 'wgsl (WebGPU, Acme)', 'wasm (WebAssembly SIMD, 1 thread)', ''])
    expect(engineText(read(device))).toBe(device);
});

test('a bundle of version 1 comes in whole', async () => {
  const store = new MemoryStore();
  await fill(store, 'a');
  const older = olderBundle(await store.exportBundle('a'));
  const other = new MemoryStore();
  expect(await other.importBundle(older)).toBe('a');
  for (const step of [1, 6])
    expect(await other.getSamples('a', step)).toEqual(olderBatchRead(makeBatch('a', step)));
  expect(await other.getRun('a')).toEqual(olderRunRead(makeRun('a')));
  // What goes out again is of today's version, and comes in as the same.
  const again = new MemoryStore();
  await again.importBundle(await other.exportBundle('a'));
  expect(await again.getSamples('a', 6)).toEqual(await other.getSamples('a', 6));
});
