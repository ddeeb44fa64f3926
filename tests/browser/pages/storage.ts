// The page on which the store and the calls between threads are tested: offers scenarios to the test.

import { connectPort, connectWorker, type RemoteConnection } from '../../../src/protocol/remote.ts';
import { IdbStore, type RunStore, type StoreWorkerApi } from '../../../src/storage/index.ts';
import { equal, ok, rejects } from '../../storage/check.ts';
import { contract } from '../../storage/contract.ts';
import { olderBatch, olderBatchRead, olderRun, olderRunRead } from '../../storage/olderShapes.ts';
import { makeBatch, makeCheckpoint, makeQueue, makeRow, makeRun } from '../../storage/records.ts';
import { fill, snapshot } from '../../storage/wholeRun.ts';
import type { Mortal } from './dying.worker.ts';

let nextName = 0;
const freshName = () => `test-${Date.now()}-${nextName++}`;

function startStore(): RemoteConnection<StoreWorkerApi> {
  // Vite finds a worker only where `new Worker(new URL(...))` stands in one piece.
  const worker = new Worker(new URL('../../../workers/store.worker.ts', import.meta.url), { type: 'module' });
  return connectWorker<StoreWorkerApi>(worker, 'store worker');
}

function startMortal(): RemoteConnection<Mortal> {
  return connectWorker<Mortal>(
    new Worker(new URL('./dying.worker.ts', import.meta.url), { type: 'module' }),
    'mortal',
  );
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** A connection that never lets go by itself, as an old tab may hold it. */
function openRaw(name: string, version?: number): Promise<IDBDatabase> {
  return request(indexedDB.open(name, version));
}

async function chunkKeys(name: string): Promise<IDBValidKey[]> {
  const db = await openRaw(name);
  const keys = await request(db.transaction('checkpointChunks').objectStore('checkpointChunks').getAllKeys());
  db.close();
  return keys;
}

async function until(probe: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await probe())) {
    ok(performance.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const scenarios = {
  async 'a full disk is disk-full, and what was stored stays readable'() {
    const { api, terminate } = startStore();
    await fill(api, 'a');
    const before = await snapshot(api, 'a');
    await api.createRun(makeRun('big'));
    const message = await rejects(async () => {
      for (let step = 1; step < 20; step++) {
        await api.putCheckpoint(makeCheckpoint('big', step, 'stage-end', 1_500_000));
      }
    }, 'disk-full');
    ok(message.includes('checkpoint "stage-end-'), message);
    equal(await snapshot(api, 'a'), before);
    const whole = await api.listCheckpoints('big');
    ok(whole.length > 0, 'some checkpoints fitted');
    const last = whole.length;
    equal(await api.latestCheckpoint('big'), makeCheckpoint('big', last, 'stage-end', 1_500_000));
    await api.deleteRun('big');
    await api.appendMetrics('a', [makeRow(500)]);
    terminate();
  },

  async 'another tab that upgrades gets the store; this one says that it is too old'() {
    const name = freshName();
    const store = new IdbStore({ name });
    await fill(store, 'a');
    const newer = await openRaw(name, 99);
    const message = await rejects(() => store.listRuns(), 'storage-unavailable');
    ok(message.includes('newer version'), message);
    newer.close();
  },

  async 'a tab that does not let go is named; when it does, all is there'() {
    const name = freshName();
    const old = new IdbStore({ name });
    await fill(old, 'a');
    const before = await snapshot(old, 'a');
    await old.close();
    const stubborn = await openRaw(name);
    const store = new IdbStore({ name, version: 4 });
    const message = await rejects(() => store.listRuns(), 'storage-unavailable');
    ok(message.includes('Another tab'), message);
    await rejects(() => store.getRun('a'), 'storage-unavailable');
    stubborn.close();
    await until(async () => (await store.listRuns().catch(() => [])).length === 1, 'the store opens');
    equal(await snapshot(store, 'a'), before);
  },

  async 'a database of version 1 opens with its records'() {
    const name = freshName();
    const old = new IdbStore({ name, version: 1 });
    await fill(old, 'a');
    const current = await snapshot(old, 'a');
    await old.close();
    const db = await openRaw(name);
    const writing = db.transaction(['runs', 'samples'], 'readwrite');
    const written = new Promise((resolve) => writing.addEventListener('complete', resolve));
    for (const step of [1, 6]) writing.objectStore('samples').put(olderBatch(makeBatch('a', step)));
    writing.objectStore('runs').put(olderRun(makeRun('a')));
    await written;
    db.close();
    const store = new IdbStore({ name });
    const read = [1, 6].map((step) => olderBatchRead(makeBatch('a', step)));
    equal(await snapshot(store, 'a'), {
      ...(current as object),
      run: olderRunRead(makeRun('a')),
      samples: read,
    });
    equal(await store.listRuns(), [olderRunRead(makeRun('a'))]);
    await store.updateRun('a', { name: 'b', updatedAt: '2026-01-02T00:00:00.000Z' });
    equal(await store.getRun('a'), {
      ...olderRunRead(makeRun('a')),
      name: 'b',
      updatedAt: '2026-01-02T00:00:00.000Z',
    });
    const bundle = await store.exportBundle('a');
    equal(await store.importBundle(bundle), 'a-2');
    equal(await store.getSamples('a-2', 6), { ...read[1], runId: 'a-2' });
    await store.close();
    const raw = await openRaw(name);
    equal(raw.version, 3);
    raw.close();
  },

  async 'a database of version 2 opens with its records, and takes queues'() {
    const name = freshName();
    const old = new IdbStore({ name, version: 2 });
    await fill(old, 'a');
    const before = await snapshot(old, 'a');
    await old.close();
    const store = new IdbStore({ name });
    equal(await snapshot(store, 'a'), before);
    equal(await store.listQueues(), []);
    const queue = makeQueue('lab-20260101-000000-aaaa', '2026-01-01T00:00:00.000Z');
    const newer = makeQueue('lab-20260102-000000-bbbb', '2026-01-02T00:00:00.000Z');
    for (const each of [queue, newer]) await store.putQueue(each);
    await store.putQueue({ ...queue, status: 'paused', dropped: ['x-1-s2'] });
    equal(await store.listQueues(), [newer, { ...queue, status: 'paused', dropped: ['x-1-s2'] }]);
    await store.deleteRun('a');
    await store.deleteQueue(newer.id);
    equal((await store.listQueues()).length, 1);
    await store.close();
  },

  async 'a database deleted by another tab is made again'() {
    const name = freshName();
    const store = new IdbStore({ name });
    await fill(store, 'a');
    await request(indexedDB.deleteDatabase(name));
    equal(await store.listRuns(), []);
    await rejects(() => store.appendMetrics('a', [makeRow(1)]), 'not-found');
    await fill(store, 'b');
  },

  async 'a browser without IndexedDB is told so'() {
    const { indexedDB: real } = globalThis;
    for (const broken of [{ value: undefined }, { get: refuse }]) {
      Object.defineProperty(globalThis, 'indexedDB', { ...broken, configurable: true });
      const message = await rejects(() => new IdbStore().listRuns(), 'storage-unavailable');
      ok(message.includes('no storage (IndexedDB)'), message);
    }
    Object.defineProperty(globalThis, 'indexedDB', { value: real, configurable: true });
    function refuse(): never {
      throw new DOMException('refused', 'SecurityError');
    }
  },

  async 'a store worker killed inside a checkpoint leaves the older one'() {
    const first = startStore();
    await first.api.createRun(makeRun('a'));
    await first.api.putCheckpoint(makeCheckpoint('a', 1));
    const pending = rejects(
      () => first.api.putCheckpoint(makeCheckpoint('a', 2, 'rolling', 30_000_000)),
      'worker-died',
    );
    await until(async () => (await chunkKeys('cosmo')).length >= 3, 'two chunks are written');
    first.terminate();
    await pending;
    const second = startStore();
    equal((await second.api.listCheckpoints('a')).length, 1);
    equal(await second.api.latestCheckpoint('a'), makeCheckpoint('a', 1));
    const left = (await chunkKeys('cosmo')).length;
    ok(left > 1 && left < 30, `${left} chunks: it was not killed in the middle`);
    const direct = new IdbStore();
    equal(await direct.removeOrphans(), 0, 'young left-overs removed');
    equal(await direct.removeOrphans(0), left - 1, 'left-overs removed');
    equal(await second.api.latestCheckpoint('a'), makeCheckpoint('a', 1));
    second.terminate();
  },

  async 'a checkpoint with a missing or damaged chunk is passed over; the next one clears up'() {
    const name = freshName();
    const store = new IdbStore({ name });
    await store.createRun(makeRun('a'));
    for (const step of [1, 2, 3]) await store.putCheckpoint(makeCheckpoint('a', step, 'stage-end'));
    const keys = await chunkKeys(name);
    const db = await openRaw(name);
    const chunks = db.transaction('checkpointChunks', 'readwrite').objectStore('checkpointChunks');
    await request(chunks.delete(keys[2]));
    const damaged = await request(chunks.get(keys[1]));
    damaged.bytes[damaged.bytes.length - 1] ^= 1;
    await request(chunks.put(damaged));
    await request(chunks.put({ ...damaged, token: 'orphan', id: 'x' }));
    db.close();
    equal(await store.latestCheckpoint('a'), makeCheckpoint('a', 1, 'stage-end'));
    equal(await store.getCheckpoint('a', 'stage-end-2'), null);
    equal((await store.listCheckpoints('a')).map(({ step }) => step).join(), '1,2');
    await store.putCheckpoint(makeCheckpoint('a', 4));
    equal((await chunkKeys(name)).length, 3);
  },

  async 'other threads reach the store by ports of their own'() {
    const { api, terminate } = startStore();
    const { port1, port2 } = new MessageChannel();
    await api.addPort(port2);
    const line = connectPort<RunStore>(port1, 'store');
    await line.api.createRun(makeRun('ported'));
    equal(await api.getRun('ported'), makeRun('ported'));
    const bundle = await line.api.exportBundle('ported');
    equal(await api.importBundle(bundle), 'ported-2');
    const pending = rejects(
      () => line.api.putCheckpoint(makeCheckpoint('ported', 1, 'rolling', 2_000_000)),
      'worker-died',
    );
    terminate();
    await pending;
  },

  async 'a worker that crashes, closes itself or does not load is noticed'() {
    for (const end of ['crash', 'close'] as const) {
      const { api, died } = startMortal();
      const { port1, port2 } = new MessageChannel();
      await api.addPort(port2);
      const line = connectPort<Mortal>(port1, 'line to mortal');
      equal(await line.api.greet(), 'alive');
      const watching = async () => (await navigator.locks.query()).pending?.length === 2;
      await until(watching, 'both ends of the lifeline are held');
      const calls = [
        rejects(() => api.never(), 'worker-died'),
        rejects(() => line.api.never(), 'worker-died'),
      ];
      await api[end]().catch(() => undefined);
      const [message] = await Promise.all(calls);
      ok(end === 'close' || message.includes('crashed on purpose'), message);
      equal((await died).code, 'worker-died');
    }
    const absent = connectWorker<Mortal>(new Worker('absent.js', { type: 'module' }), 'absent worker');
    const message = await rejects(() => absent.api.greet(), 'not-loaded');
    ok(message.includes('could not be loaded'), message);
  },
};

/** The contract on IndexedDB in this thread, or through the store worker; resolves to what failed. */
async function runContract(where: 'page' | 'worker'): Promise<string[]> {
  const failures: string[] = [];
  const { api, terminate } = startStore();
  for (const { name, run } of contract) {
    try {
      await run(async () => {
        if (where === 'page') return new IdbStore({ name: freshName() });
        // The worker lets go of its database, and opens a new one when it is asked again.
        await request(indexedDB.deleteDatabase('cosmo'));
        return api;
      });
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  terminate();
  return failures;
}

export type ScenarioName = keyof typeof scenarios;
export type StoragePage = {
  runContract: typeof runContract;
  runScenario(name: ScenarioName): Promise<void>;
};

declare global {
  interface Window {
    storagePage: StoragePage;
  }
}

window.storagePage = { runContract, runScenario: (name) => scenarios[name]() };
