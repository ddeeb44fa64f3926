// Single files of a run, and tags and trash in bundles.

import { strFromU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportRun } from '../../src/storage/bundleExport.ts';
import { importRun } from '../../src/storage/bundleImport.ts';
import { exportFile } from '../../src/storage/exportFiles.ts';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { metricsFromCsv } from '../../src/storage/metricsCsv.ts';
import { withProgress } from '../../src/storage/progressPort.ts';
import { decodeSafetensors } from '../../src/storage/safetensors.ts';
import type { NamedTensor } from '../../src/storage/types.ts';
import { rejects } from './check.ts';
import { makeCheckpoint } from './records.ts';
import { fill } from './wholeRun.ts';

const store = new MemoryStore();
const weight: NamedTensor = { shape: [2], data: Float32Array.of(0.5, -2) };

beforeAll(async () => {
  await fill(store, 'a');
  await store.putCheckpoint({
    ...makeCheckpoint('a', 9, 'stage-end'),
    tensors: {
      'policy.layer.w': weight,
      'policy.first.layer.w': weight,
      'policy.second.layer.w': weight,
      'reference.layer.w': weight,
    },
  });
});

const text = async (request: Parameters<typeof exportFile>[2]) =>
  new TextDecoder().decode(await exportFile(store, 'a', request));

describe('files of a run', () => {
  test('metrics as CSV and as JSON are the rows', async () => {
    const rows = await store.readMetrics('a');
    expect(metricsFromCsv(await text({ kind: 'metrics-csv' }))).toEqual(rows);
    const json = JSON.parse(await text({ kind: 'metrics-json' }));
    expect(json.run).toMatchObject({ id: 'a', seed: 7, preset: 'quick' });
    expect(json.metrics[0]).toEqual(rows[0]);
    // JSON knows no infinity.
    expect(json.metrics[1].values['a,"b"']).toBeNull();
  });

  test('evaluations as JSON', async () => {
    const json = JSON.parse(await text({ kind: 'evaluation-json' }));
    const [{ stage, step, report }] = await store.listEvaluations('a');
    expect(json.evaluations).toEqual([{ stage, step, report }]);
  });

  test('weights are the policy alone, with what describes it', async () => {
    const bytes = await exportFile(store, 'a', { kind: 'weights', checkpointId: 'stage-end-9' });
    expect(decodeSafetensors(bytes)).toEqual({ 'layer.w': weight });
    const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
    expect(header.__metadata__).toMatchObject({ format: 'cosmo-policy', run: 'a', step: '9', seed: '7' });
    expect(JSON.parse(header.__metadata__.config)).toMatchObject({
      backbone: 'qwen-mini',
      width: 64,
      heads: 4,
      normEpsilon: 1e-5,
    });
  });

  test('what is not stored is named', async () => {
    await rejects(() => exportFile(store, 'b', { kind: 'metrics-csv' }), 'not-found');
    const message = await rejects(
      () => exportFile(store, 'a', { kind: 'weights', checkpointId: 'none' }),
      'not-found',
    );
    expect(message).toContain('"none"');
  });
});

describe('tags, trash and failure', () => {
  test('tags travel in the bundle, the trash does not, and a bundle without tags comes in', async () => {
    const old = await exportRun(store, 'a');
    expect(strFromU8(unzipSync(old)['config.json'])).not.toContain('tags');
    await store.updateRun('a', { tags: ['demo', 'two words'], trashedAt: '2026-01-01T00:00:00.000Z' });
    const other = new MemoryStore();
    expect(await importRun(other, await exportRun(store, 'a'))).toBe('a');
    expect(await other.getRun('a')).toMatchObject({ tags: ['demo', 'two words'] });
    expect(await other.getRun('a')).not.toHaveProperty('trashedAt');
    expect(await importRun(other, old)).toBe('a-2');
    expect(await other.getRun('a-2')).not.toHaveProperty('tags');
  });

  test('what ended a run travels in the bundle', async () => {
    const failure = { code: 'diverged', details: { metric: 'kl', value: 31.5 } };
    await store.updateRun('a', { status: 'failed', failure });
    const other = new MemoryStore();
    await importRun(other, await exportRun(store, 'a'));
    expect(await other.getRun('a')).toMatchObject({ status: 'failed', failure });
  });

  test('tags of another kind are refused', async () => {
    const files = unzipSync(await exportRun(store, 'a'));
    const run = JSON.parse(strFromU8(files['config.json']));
    const manifest = JSON.parse(strFromU8(files['manifest.json']));
    delete manifest.files['config.json'];
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    files['config.json'] = encode({ ...run, tags: [3] });
    files['manifest.json'] = encode(manifest);
    const message = await rejects(() => new MemoryStore().importBundle(zipSync(files)), 'bad-bundle');
    expect(message).toContain('tags');
  });
});

describe('long work', () => {
  test('says how far it is; an import that is given up leaves nothing', async () => {
    const bundle = await exportRun(store, 'a');
    const { port1, port2 } = new MessageChannel();
    const said: unknown[] = [];
    port1.onmessage = (event) => {
      said.push(event.data);
      port1.postMessage('stop');
    };
    /** A store that takes its time, so that messages come through. */
    class SlowStore extends MemoryStore {
      override async putSamples(...args: Parameters<MemoryStore['putSamples']>): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await super.putSamples(...args);
      }
    }
    const other = new SlowStore();
    await rejects(() => withProgress(port2, (say) => importRun(other, bundle, say)), 'busy');
    expect(said[0]).toEqual({ what: 'samples', done: 0, total: 5 });
    expect(await other.listRuns()).toEqual([]);
    port1.close();
  });
});
