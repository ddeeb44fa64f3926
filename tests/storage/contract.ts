// What every RunStore must do: run on the memory store in Node and on IndexedDB in a browser.

import type { RunStore } from '../../src/storage/types.ts';
import { equal, ok, rejects } from './check.ts';
import { makeBatch, makeCheckpoint, makeEvaluation, makeHeads, makeRow, makeRun } from './records.ts';
import { fill, snapshot } from './wholeRun.ts';

export type ContractTest = { name: string; run(makeStore: () => Promise<RunStore>): Promise<void> };

export const contract: readonly ContractTest[] = [
  {
    name: 'runs: create, read, list newest first, update, refuse a taken id',
    async run(makeStore) {
      const store = await makeStore();
      equal(await store.getRun('a'), null);
      await store.createRun(makeRun('a', '2026-01-01T00:00:00.000Z'));
      await store.createRun(makeRun('b', '2026-01-02T00:00:00.000Z'));
      equal(await store.getRun('a'), makeRun('a'));
      equal((await store.listRuns()).map(({ id }) => id).join(), 'b,a');
      await store.updateRun('a', {
        status: 'failed',
        message: 'Stopped.',
        updatedAt: '2026-03-01T00:00:00.000Z',
      });
      const updated = { status: 'failed', message: 'Stopped.', updatedAt: '2026-03-01T00:00:00.000Z' };
      equal(await store.getRun('a'), { ...makeRun('a'), ...updated });
      await store.updateRun('a', { name: 'n' });
      ok((await store.getRun('a'))?.updatedAt !== updated.updatedAt, 'updatedAt moves by itself');
      await rejects(() => store.createRun(makeRun('a')), 'busy');
      await rejects(() => store.updateRun('none', { name: 'x' }), 'not-found');
    },
  },
  {
    name: 'writes into a run that is not stored say so',
    async run(makeStore) {
      const store = await makeStore();
      await rejects(() => store.appendMetrics('none', [makeRow(0)]), 'not-found');
      await rejects(() => store.putSamples(makeBatch('none', 0)), 'not-found');
      await rejects(() => store.putHeads(makeHeads('none')), 'not-found');
      await rejects(() => store.putCheckpoint(makeCheckpoint('none', 0)), 'not-found');
      await rejects(() => store.putEvaluation(makeEvaluation('none', 'sft', 0)), 'not-found');
      await rejects(() => store.exportBundle('none'), 'not-found');
      equal(await store.readMetrics('none'), []);
      equal(await store.sampleIndex({ runId: 'none' }), []);
      equal(await store.latestCheckpoint('none'), null);
    },
  },
  {
    name: 'values are copies: neither the giver nor the taker can change what is stored',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      const batch = makeBatch('a', 1);
      await store.putSamples(batch);
      batch.advantages.fill(99);
      const taken = await store.getSamples('a', 1);
      equal(taken, makeBatch('a', 1));
      taken?.advantages.fill(77);
      equal(await store.getSamples('a', 1), makeBatch('a', 1));
      equal(taken?.oldLogProbs.buffer.byteLength, taken?.oldLogProbs.byteLength, 'stored bytes');
    },
  },
  {
    name: 'metrics: by step, over many chunks; a row of a stored step replaces it; absent values stay absent',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      for (let step = 0; step < 200; step += 3) {
        await store.appendMetrics('a', [
          makeRow(step),
          makeRow(step + 1, { kl: Number.NaN }),
          makeRow(step + 2),
        ]);
      }
      await store.appendMetrics('a', [makeRow(70, { entropy: -0 }), makeRow(5000)]);
      await store.appendMetrics('a', []);
      const rows = await store.readMetrics('a');
      equal(rows.length, 202);
      equal(rows.map(({ step }) => step).join(), [...Array(201).keys(), 5000].join());
      equal(rows[0], makeRow(0));
      equal(rows[64], makeRow(64, { kl: Number.NaN }));
      equal(rows[70], makeRow(70, { entropy: -0 }));
      await rejects(() => store.appendMetrics('a', [makeRow(-1)]), 'shape-mismatch');
    },
  },
  {
    name: 'samples: put, replace, index rows',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      await store.putSamples(makeBatch('a', 2, 5));
      await store.putSamples(makeBatch('a', 2, 3));
      await store.putSamples(makeBatch('a', 10));
      equal(await store.getSamples('a', 2), makeBatch('a', 2, 3));
      equal(await store.getSamples('a', 3), null);
      const rows = await store.sampleIndex({ runId: 'a' });
      equal(rows.map(({ step, group }) => `${step}:${group}`).join(), '2:0,2:1,2:2,10:0,10:1,10:2');
      equal(rows[1].maxAbsAdvantage, 0);
      equal(rows[1].heapScore, 0);
      const advantages = [...makeBatch('a', 2).advantages.subarray(0, 4)].map(Math.abs);
      equal(rows[0].maxAbsAdvantage, Math.max(...advantages));
      ok(rows[0].heapScore > 0, 'heapScore');
      const broken = { ...makeBatch('a', 2), oracleClasses: { safety: new Uint8Array(1) } };
      const message = await rejects(() => store.putSamples(broken), 'shape-mismatch');
      ok(message.includes('classes of safety'), message);
    },
  },
  {
    name: 'samples: every query finds what a filter over all rows finds',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      await store.createRun(makeRun('b'));
      for (const step of [7, 1, 3, 9, 5]) await store.putSamples(makeBatch('a', step));
      await store.putSamples(makeBatch('b', 3));
      const all = await store.sampleIndex({ runId: 'a' });
      equal(all.length, 15);
      for (let mask = 0; mask < 64; mask++) {
        const query = {
          runId: 'a',
          ...(mask & 1 && { stage: 'stage2' }),
          ...(mask & 2 && { label: 'safety' }),
          ...(mask & 4 && { minStep: 3, maxStep: 7 }),
          ...(mask & 8 && { minPolicyVersion: 10 }),
          ...(mask & 16 && { minAbsAdvantage: 0.9 }),
          ...(mask & 32 && { newestFirst: true, limit: 2 }),
        };
        const expected = all
          .filter((row) => !query.stage || row.stage === query.stage)
          .filter((row) => !query.label || row.label === query.label)
          .filter((row) => row.step >= (query.minStep ?? 0) && row.step <= (query.maxStep ?? 99))
          .filter((row) => row.policyVersion >= (query.minPolicyVersion ?? 0))
          .filter((row) => row.maxAbsAdvantage >= (query.minAbsAdvantage ?? 0));
        if (query.newestFirst) expected.reverse();
        equal(await store.sampleIndex(query), expected.slice(0, query.limit), JSON.stringify(query));
      }
    },
  },
  {
    name: 'heads and evaluations: put, replace, list by step',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      equal(await store.getHeads('a'), null);
      await store.putHeads(makeHeads('a', 1));
      await store.putHeads(makeHeads('a', 2));
      equal(await store.getHeads('a'), makeHeads('a', 2));
      const wrong = { ...makeHeads('a'), tensors: { w: { shape: [4], data: new Float32Array(3) } } };
      await rejects(() => store.putHeads(wrong), 'shape-mismatch');
      await store.putEvaluation(makeEvaluation('a', 'stage1', 20));
      await store.putEvaluation(makeEvaluation('a', 'sft', 5));
      await store.putEvaluation({ ...makeEvaluation('a', 'sft', 5), report: 'again' });
      equal(await store.listEvaluations('a'), [
        { ...makeEvaluation('a', 'sft', 5), report: 'again' },
        makeEvaluation('a', 'stage1', 20),
      ]);
    },
  },
  {
    name: 'checkpoints: exact, also over several chunks; the two newest rolling ones and all stage ends stay',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      equal(await store.latestCheckpoint('a'), null);
      const large = makeCheckpoint('a', 1, 'stage-end', 2_500_000);
      await store.putCheckpoint(large);
      equal(await store.getCheckpoint('a', large.manifest.id), large);
      for (const step of [2, 3, 4, 5]) await store.putCheckpoint(makeCheckpoint('a', step));
      await store.putCheckpoint(makeCheckpoint('a', 5, 'stage-end'));
      const ids = (await store.listCheckpoints('a')).map(({ id }) => id);
      equal(ids.join(), 'stage-end-1,rolling-4,rolling-5,stage-end-5');
      equal(await store.latestCheckpoint('a'), makeCheckpoint('a', 5, 'stage-end'));
      equal(await store.getCheckpoint('a', 'rolling-2'), null);
      // A run that went back: the one just written always stays.
      await store.putCheckpoint(makeCheckpoint('a', 3));
      equal(
        (await store.listCheckpoints('a')).map(({ id }) => id).join(),
        'stage-end-1,rolling-3,rolling-5,stage-end-5',
      );
      // The same id again replaces.
      const again = makeCheckpoint('a', 5, 'rolling', 20);
      await store.putCheckpoint(again);
      equal(await store.getCheckpoint('a', 'rolling-5'), again);
    },
  },
  {
    name: 'checkpoints written at the same time all arrive',
    async run(makeStore) {
      const store = await makeStore();
      await store.createRun(makeRun('a'));
      await Promise.all([
        store.putCheckpoint(makeCheckpoint('a', 1)),
        store.putCheckpoint(makeCheckpoint('a', 1, 'stage-end')),
        store.putCheckpoint(makeCheckpoint('a', 2)),
      ]);
      equal((await store.listCheckpoints('a')).map(({ id }) => id).join(), 'rolling-1,stage-end-1,rolling-2');
      equal(await store.latestCheckpoint('a'), makeCheckpoint('a', 2));
    },
  },
  {
    name: 'deleting a run deletes all of it and nothing else',
    async run(makeStore) {
      const store = await makeStore();
      for (const id of ['a', 'ab', 'b']) await fill(store, id);
      await store.deleteRun('a');
      await store.deleteRun('never');
      equal((await store.listRuns()).length, 2);
      await store.createRun(makeRun('a'));
      equal(await store.readMetrics('a'), []);
      equal(await store.sampleIndex({ runId: 'a' }), []);
      equal(await store.getSamples('a', 1), null);
      equal(await store.getHeads('a'), null);
      equal(await store.listCheckpoints('a'), []);
      equal(await store.listEvaluations('a'), []);
      equal((await store.sampleIndex({ runId: 'ab' })).length, 6);
      equal(await store.latestCheckpoint('b'), makeCheckpoint('b', 4, 'stage-end'));
    },
  },
  {
    name: 'bundle: export and import give the same run; a taken id gives a new one; damage changes nothing',
    async run(makeStore) {
      const store = await makeStore();
      await fill(store, 'a');
      const bundle = await store.exportBundle('a');
      equal(await store.importBundle(bundle), 'a-2');
      equal(await snapshot(store, 'a-2'), await snapshot(store, 'a', 'a-2'));
      await rejects(() => store.importBundle(bundle.slice(0, bundle.length - 30)), 'bad-bundle');
      equal((await store.listRuns()).length, 2);
      await store.deleteRun('a');
      equal(await store.importBundle(bundle), 'a');
      equal(await store.exportBundle('a'), bundle, 'bundle of the imported run');
    },
  },
  {
    name: 'estimate gives numbers',
    async run(makeStore) {
      const store = await makeStore();
      await fill(store, 'a');
      const { usageBytes, quotaBytes, persisted } = await store.estimate();
      ok(usageBytes > 0 && quotaBytes > usageBytes && persisted === false, `${usageBytes} of ${quotaBytes}`);
    },
  },
];
