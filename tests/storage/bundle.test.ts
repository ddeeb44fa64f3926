// Run bundles: what is exported comes back; anything else leaves the store as it was.

import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { validateSettings } from '../../src/config/index.ts';
import { exportRun } from '../../src/storage/bundleExport.ts';
import type { BundlePrompts } from '../../src/storage/bundlePrompts.ts';
import { StorageError } from '../../src/storage/errors.ts';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import type { RunRecord } from '../../src/storage/types.ts';
import { readZip } from '../../src/storage/zip.ts';
import { VOCABULARY, worldOf } from '../../src/world/index.ts';
import { rejects } from './check.ts';
import { makeBatch, makeRun } from './records.ts';
import { fill, snapshot } from './wholeRun.ts';

const store = new MemoryStore();
let bundle: Uint8Array;
let before: unknown;

beforeAll(async () => {
  await fill(store, 'a');
  bundle = await store.exportBundle('a');
  before = [await snapshot(store, 'a'), await store.listRuns()];
});

async function expectUnchanged(): Promise<void> {
  expect([await snapshot(store, 'a'), await store.listRuns()]).toEqual(before);
}

/** The bundle with some files changed, added or (null) removed. */
function rebuilt(changes: { [path: string]: string | Uint8Array | null }): Uint8Array {
  const files: Zippable = unzipSync(bundle);
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) delete files[path];
    else files[path] = typeof content === 'string' ? strToU8(content) : content;
  }
  return zipSync(files);
}

function changedManifest(
  change: (manifest: Record<string, unknown>) => void,
  others: { [path: string]: string } = {},
): Uint8Array {
  const manifest = JSON.parse(new TextDecoder().decode(unzipSync(bundle)['manifest.json']));
  change(manifest);
  return rebuilt({ 'manifest.json': JSON.stringify(manifest), ...others });
}

function unlist(path: string): (manifest: Record<string, unknown>) => void {
  return (manifest) => delete (manifest.files as Record<string, unknown>)[path];
}

describe('bundle', () => {
  test('holds the promised files; a foreign program can read them', () => {
    expect(Object.keys(unzipSync(bundle)).sort()).toEqual([
      'checkpoints/rolling-2/manifest.json',
      'checkpoints/rolling-2/weights.safetensors',
      'checkpoints/stage-end-4/manifest.json',
      'checkpoints/stage-end-4/weights.safetensors',
      'config.json',
      'evaluation.json',
      'heads/heads.json',
      'heads/heads.safetensors',
      'manifest.json',
      'metrics.csv',
      'samples/000001.safetensors',
      'samples/000006.safetensors',
      'samples/index.json',
      'samples/prompts.json',
    ]);
  });

  test('goes into another store and out again as the same bytes', async () => {
    const other = new MemoryStore();
    expect(await other.importBundle(bundle)).toBe('a');
    expect(await snapshot(other, 'a')).toEqual(await snapshot(store, 'a'));
    expect(await other.exportBundle('a')).toEqual(bundle);
  });

  test('CASES 12: words and pictures of the prompts are in it, so that rollouts can be read without the program', async () => {
    const settings = validateSettings({ seed: 5, grid_sizes: [2, 3] });
    const world = worldOf(settings);
    const prompts = [0, 1, 2].map((index) => world.prompt('train', 'safety', index));
    const tokens = prompts.map((prompt) => [...prompt.tokens]);
    // As if a version of before had had another text here.
    tokens[2] = tokens[2].slice(1);
    const offsets = [0];
    for (const each of tokens) offsets.push(offsets[offsets.length - 1] + each.length);
    const other = new MemoryStore();
    await other.createRun({ ...makeRun('w'), settings: settings as unknown as RunRecord['settings'] });
    await other.putSamples({
      ...makeBatch('w', 1),
      promptIds: prompts.map(({ id }) => id),
      promptTokens: Int32Array.from(tokens.flat()),
      promptOffsets: Int32Array.from(offsets),
    });
    await other.putSamples(makeBatch('w', 2));
    const exported = await other.exportBundle('w');
    const file = unzipSync(exported)['samples/prompts.json'];
    const found: BundlePrompts = JSON.parse(new TextDecoder().decode(file));
    expect(found.words).toEqual(VOCABULARY);
    const [first, second, third] = prompts.map(({ id }) => found.prompts[id]);
    expect(first.text.split(' ')).toEqual(tokens[0].map((token) => VOCABULARY[token]));
    expect([first.scene, second.scene]).toEqual([prompts[0].scene, prompts[1].scene]);
    expect(prompts.some(({ scene }) => scene !== null)).toBe(true);
    expect(Object.hasOwn(third, 'scene')).toBe(false);
    // Ids that name no prompt have their text alone.
    expect(Object.keys(found.prompts)).toHaveLength(6);
    expect(Object.hasOwn(found.prompts['prompt-2-0'], 'scene')).toBe(false);
    // A bundle of before, which has no such file, still opens; and in the new one it changes nothing.
    const manifest = JSON.parse(new TextDecoder().decode(unzipSync(exported)['manifest.json']));
    delete manifest.files['samples/prompts.json'];
    const older = unzipSync(exported);
    delete older['samples/prompts.json'];
    older['manifest.json'] = strToU8(JSON.stringify(manifest));
    const [fromOlder, fromNewer] = [new MemoryStore(), new MemoryStore()];
    await fromOlder.importBundle(zipSync(older));
    await fromNewer.importBundle(exported);
    expect(await snapshot(fromOlder, 'w')).toEqual(await snapshot(fromNewer, 'w'));
  });

  test('a run with nothing in it, and ids that look like paths', async () => {
    const other = new MemoryStore();
    await other.createRun({ ...makeRun('../x'), status: 'running' });
    const empty = await other.exportBundle('../x');
    expect(await other.importBundle(empty)).toBe('../x-2');
    expect(await other.importBundle(empty)).toBe('../x-3');
    expect((await other.getRun('../x-3'))?.status).toBe('stopped');
  });

  test('samples beyond the limit are left out, oldest first, and counted', async () => {
    const other = new MemoryStore();
    await other.createRun(makeRun('b'));
    for (let step = 1; step <= 9; step++) await other.putSamples(makeBatch('b', step));
    const small = await exportRun(other, 'b', 5000);
    const manifest = JSON.parse(new TextDecoder().decode(unzipSync(small)['manifest.json']));
    expect(manifest.samples.stored).toBe(9);
    expect(manifest.samples.included).toBeGreaterThan(0);
    expect(manifest.samples.included).toBeLessThan(9);
    await other.importBundle(small);
    const steps = (await other.sampleIndex({ runId: 'b-2' })).map(({ step }) => step);
    expect(Math.max(...steps)).toBe(9);
    expect(new Set(steps).size).toBe(manifest.samples.included);
  });

  test('cut at any point it is refused and changes nothing', async () => {
    for (let length = 0; length < bundle.length; length += 1 + Math.floor(bundle.length / 300)) {
      await rejects(() => store.importBundle(bundle.slice(0, length)), 'bad-bundle');
    }
    await expectUnchanged();
  });

  test('with any byte changed it is refused, or the same run comes in', async () => {
    let refused = 0;
    for (let at = 0; at < bundle.length; at += 7) {
      const changed = bundle.slice();
      changed[at] ^= 1 << (at % 8);
      const target = new MemoryStore();
      try {
        await target.importBundle(changed);
        expect(await snapshot(target, 'a')).toEqual(await snapshot(store, 'a'));
      } catch (error) {
        expect(error).toBeInstanceOf(StorageError);
        expect((error as StorageError).code).toBe('bad-bundle');
        expect((error as StorageError).message).toMatch(/\.$/);
        expect(await target.listRuns()).toEqual([]);
        refused++;
      }
    }
    // Only dates and the like in the zip's own headers are harmless.
    expect(refused).toBeGreaterThan((0.8 * bundle.length) / 7);
  });

  const cases: [string, () => Uint8Array, string][] = [
    ['text', () => strToU8('{"format":"cosmo-run-bundle"}'), 'neither a bundle'],
    ['an empty file', () => new Uint8Array(0), 'is empty'],
    ['another zip', () => zipSync({ 'readme.txt': strToU8('hello') }), 'no manifest.json'],
    [
      'a zip of another program',
      () => rebuilt({ 'manifest.json': '{"format":"x","version":1}' }),
      'another kind',
    ],
    [
      'a newer version',
      () => changedManifest((m) => Object.assign(m, { version: 3, files: 'new' })),
      'version 3',
    ],
    ['a missing file', () => rebuilt({ 'metrics.csv': null }), '"metrics.csv" is missing'],
    ['a changed file', () => rebuilt({ 'config.json': '{}' }), '"config.json" is not the file'],
    ['a manifest without lists', () => changedManifest((m) => delete m.checkpoints), 'at checkpoints'],
    [
      'an unlisted bad config',
      () => changedManifest(unlist('config.json'), { 'config.json': '{}' }),
      'config.json',
    ],
    [
      'a checkpoint that is absent',
      () => changedManifest((m) => (m.checkpoints as string[]).push('x')),
      'checkpoints/x',
    ],
  ];

  test.each(cases)('%s is refused with its reason', async (_, make, part) => {
    const message = await rejects(() => store.importBundle(make()), 'bad-bundle');
    expect(message).toContain(part);
    await expectUnchanged();
  });

  test('a zip bomb is refused before it is unpacked', () => {
    const bomb = zipSync({ a: new Uint8Array(5_000_000), b: new Uint8Array(6_000_000) });
    expect(() => readZip(bomb, { maxFiles: 10, maxUnpackedBytes: 10_000_000 })).toThrow('too large');
    expect(() => readZip(bomb, { maxFiles: 1, maxUnpackedBytes: 1e9 })).toThrow('too large');
    const liar = bomb.slice();
    const view = new DataView(liar.buffer);
    for (let at = 0; at < liar.length - 4; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 4_000_000_000, true);
    }
    expect(() => readZip(liar, { maxFiles: 10, maxUnpackedBytes: 2 ** 40 })).toThrow('broken');
  });

  test('a store that fails on the way keeps nothing of the import', async () => {
    class FullStore extends MemoryStore {
      override async putCheckpoint(): Promise<void> {
        throw new StorageError('disk-full', 'Full.', 'Delete something.');
      }
    }
    const full = new FullStore();
    await rejects(() => full.importBundle(bundle), 'disk-full');
    expect(await full.listRuns()).toEqual([]);
  });
});
