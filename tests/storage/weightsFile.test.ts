// Weights of a policy as a file, and back as a run of one checkpoint.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importRun } from '../../src/storage/bundleImport.ts';
import { exportFile } from '../../src/storage/exportFiles.ts';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { decodeSafetensors, encodeSafetensors, metadataOf } from '../../src/storage/safetensors.ts';
import type { NamedTensor } from '../../src/storage/types.ts';
import { rejects } from './check.ts';
import { olderRun, olderRunRead } from './olderShapes.ts';
import { makeCheckpoint, makeRun } from './records.ts';

const weight: NamedTensor = { shape: [2, 1], data: Float32Array.of(0.5, -2) };
const zeros: NamedTensor = { shape: [2, 1], data: new Float32Array(2) };
const ones: NamedTensor = { shape: [2, 1], data: Float32Array.of(1, 1) };

async function saved(): Promise<Uint8Array<ArrayBuffer>> {
  const store = new MemoryStore();
  await store.createRun(makeRun('a'));
  await store.putCheckpoint({
    ...makeCheckpoint('a', 9, 'stage-end'),
    tensors: { 'policy.layer.w': weight, 'policy.first.layer.w': ones, 'policy.second.layer.w': ones },
  });
  return await exportFile(store, 'a', { kind: 'weights', checkpointId: 'stage-end-9' });
}

/** The file with some of its metadata changed. */
async function withMetadata(change: { [key: string]: string | undefined }): Promise<Uint8Array<ArrayBuffer>> {
  const file = await saved();
  const metadata = JSON.parse(JSON.stringify({ ...metadataOf(file, 'it'), ...change }));
  return encodeSafetensors(decodeSafetensors(file), { metadata });
}

describe('a weights file', () => {
  test('comes in as a run of one checkpoint, and goes out as the same weights', async () => {
    const file = await saved();
    const store = new MemoryStore();
    const runId = await importRun(store, file);
    const { settings, seed, preset, code, engine } = makeRun('a');
    expect(await store.getRun(runId)).toMatchObject({
      settings,
      seed,
      preset,
      code,
      engine,
      status: 'done',
    });
    const [manifest, ...others] = await store.listCheckpoints(runId);
    expect(others).toEqual([]);
    const source = makeCheckpoint('a', 9, 'stage-end').manifest;
    const { step, stage, stageIndex, policyVersion, model } = source;
    expect(manifest).toMatchObject({
      runId,
      kind: 'stage-end',
      step,
      stage,
      stageIndex,
      policyVersion,
      model,
    });
    expect((await store.getCheckpoint(runId, manifest.id))?.tensors).toEqual({
      'policy.layer.w': weight,
      'policy.first.layer.w': zeros,
      'policy.second.layer.w': zeros,
    });
    const again = await exportFile(store, runId, { kind: 'weights', checkpointId: manifest.id });
    expect(decodeSafetensors(again)).toEqual(decodeSafetensors(file));
    expect(await importRun(store, file)).not.toBe(runId);
    expect(await store.listRuns()).toHaveLength(2);
  });

  test('of version 1, with engine and version as texts, comes in too', async () => {
    const file = await saved();
    const { code, engine, ...metadata } = metadataOf(file, 'it') as { [key: string]: string };
    const run = makeRun('a');
    const { device, codeVersion } = olderRun(run);
    const older = encodeSafetensors(decodeSafetensors(file), {
      metadata: { ...metadata, version: '1', device, codeVersion },
    });
    const store = new MemoryStore();
    const { engine: asRead, code: codeRead } = olderRunRead(run);
    expect(await store.getRun(await importRun(store, older))).toMatchObject({
      engine: asRead,
      code: codeRead,
    });
  });

  test.each([
    ['a policy of another program', { format: 'pt' }, 'no policy that was saved by this playground'],
    ['a newer version', { version: '3' }, 'version 3'],
    ['an engine that is none', { engine: '{}' }, '"engine'],
    ['a step that is no number', { step: '-1' }, '"step"'],
    ['settings that are no JSON', { settings: '{' }, '"settings"'],
    ['settings that are no table', { settings: '[1]' }, '"settings"'],
    ['a model of an unknown size', { config: '{"size":"vast"}' }, '"config'],
    ['no model', { config: undefined }, '"config"'],
    ['a name of a megabyte', { name: 'x'.repeat(1e6) }, '"name"'],
  ])('is refused with %s', async (_, change, words) => {
    const store = new MemoryStore();
    const message = await rejects(async () => importRun(store, await withMetadata(change)), 'bad-bundle');
    expect(message).toContain(words);
    expect(await store.listRuns()).toEqual([]);
  });

  test('of before 0.2.0 says its model in fewer words, and comes in all the same', async () => {
    const { model } = makeCheckpoint('a', 9, 'stage-end').manifest;
    const store = new MemoryStore();
    const runId = await importRun(
      store,
      await withMetadata({ config: undefined, model: JSON.stringify(model) }),
    );
    expect((await store.listCheckpoints(runId))[0].model).toEqual(model);
  });

  test('is refused without metadata, without tensors, and with whole numbers for weights', async () => {
    const metadata = metadataOf(await saved(), 'it') as { [key: string]: string };
    const refused = (tensors: Parameters<typeof encodeSafetensors>[0], known?: typeof metadata) =>
      rejects(
        () => importRun(new MemoryStore(), encodeSafetensors(tensors, { metadata: known })),
        'bad-bundle',
      );
    expect(await refused({ w: weight })).toContain('no policy');
    expect(await refused({}, metadata)).toContain('no tensors');
    expect(await refused({ w: { shape: [1], data: Int32Array.of(1) } }, metadata)).toContain('no floats');
  });

  test('is refused wherever it is cut off, and nothing is left of it', async () => {
    const file = await saved();
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), async (length) => {
        const store = new MemoryStore();
        await rejects(() => importRun(store, file.slice(0, length)), 'bad-bundle');
        expect(await store.listRuns()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
