// Files that come in: what is the same run, what is refused, and by which sentence.

import fc from 'fast-check';
import { strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { importRun } from '../../src/storage/bundleImport.ts';
import { exportFile } from '../../src/storage/exportFiles.ts';
import { MAX_FILE_BYTES } from '../../src/storage/incoming.ts';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { decodeSafetensors, encodeSafetensors, metadataOf } from '../../src/storage/safetensors.ts';
import { writeZip } from '../../src/storage/zip.ts';
import { rejects } from './check.ts';
import { makeCheckpoint, makeRun } from './records.ts';
import { fill, snapshot } from './wholeRun.ts';

const store = new MemoryStore();
let bundle: Uint8Array;

beforeAll(async () => {
  await fill(store, 'a');
  bundle = await store.exportBundle('a');
});

const fileOf = (bytes: Uint8Array, name: string) => new File([new Uint8Array(bytes)], name);

/** The bundle with some files changed, which its manifest then does not list. */
function rebuilt(changes: { [path: string]: unknown }): Uint8Array {
  const files: Zippable = unzipSync(bundle);
  const manifest = JSON.parse(new TextDecoder().decode(unzipSync(bundle)['manifest.json']));
  for (const [path, content] of Object.entries(changes)) {
    delete manifest.files[path];
    files[path] = content instanceof Uint8Array ? content : strToU8(JSON.stringify(content));
  }
  return zipSync({ ...files, 'manifest.json': strToU8(JSON.stringify(manifest)) });
}

const jsonIn = (path: string) => JSON.parse(new TextDecoder().decode(unzipSync(bundle)[path]));

/** Nothing comes in, and the sentence begins with the file's name. */
async function refused(file: File): Promise<string> {
  const target = new MemoryStore();
  const message = await rejects(() => importRun(target, file), 'bad-bundle');
  expect(await target.listRuns()).toEqual([]);
  expect(message.startsWith(`${file.name}: `)).toBe(true);
  return message.slice(file.name.length + 2);
}

describe('CASES 20: a zip that the system made', () => {
  const inFolder = (folder: string, others: Zippable = {}): Uint8Array =>
    zipSync({
      ...Object.fromEntries(
        Object.entries(unzipSync(bundle)).map(([path, bytes]) => [folder + path, bytes] as const),
      ),
      ...others,
    });

  test.each([
    ['in a folder', () => inFolder('my run/', { 'my run/': new Uint8Array(0) })],
    [
      'by macOS',
      () =>
        inFolder('run/', {
          '__MACOSX/run/._config.json': strToU8('x'),
          'run/.DS_Store': strToU8('x'),
          'run/samples/._index.json': strToU8('x'),
        }),
    ],
    [
      'by Windows',
      () => inFolder('run/', { 'run/Thumbs.db': strToU8('x'), 'run/desktop.ini': strToU8('x') }),
    ],
    ['without a folder, beside __MACOSX', () => inFolder('', { '__MACOSX/._a': strToU8('x') })],
    ['with backslashes', () => inFolder('run\\')],
    [
      'with a name in an old code page',
      () => {
        const zip = inFolder('run_/');
        // The name is not marked as UTF-8, and 0x84 is an "a" with dots in the code page of DOS.
        for (let at = 0; at < zip.length - 5; at++)
          if (new TextDecoder().decode(zip.subarray(at, at + 5)) === 'run_/') zip[at + 3] = 0x84;
        return zip;
      },
    ],
  ])('%s is the same run', async (_, make) => {
    const target = new MemoryStore();
    expect(await importRun(target, fileOf(make(), 'x.zip'))).toBe('a');
    expect(await snapshot(target, 'a')).toEqual(await snapshot(store, 'a'));
  });

  test('two folders on top are no run', async () => {
    expect(await refused(fileOf(inFolder('run/', { 'b/c': strToU8('x') }), 'x.zip'))).toContain(
      'no manifest.json',
    );
  });
});

async function weightsFile(data: Float32Array, half = false): Promise<Uint8Array> {
  const source = new MemoryStore();
  await source.createRun(makeRun('a'));
  const tensors = { 'policy.layer.w': { shape: [2], data: Float32Array.of(0.5, 1) } };
  await source.putCheckpoint({ ...makeCheckpoint('a', 9, 'stage-end'), tensors });
  const file = await exportFile(source, 'a', { kind: 'weights', checkpointId: 'stage-end-9' });
  const metadata = metadataOf(file, 'it') as { [key: string]: string };
  const bytes = encodeSafetensors(
    { 'layer.w': { shape: [2], data: half ? Float32Array.of(1, 2) : data } },
    { half, metadata },
  );
  // The second F16 becomes infinite.
  if (half) bytes.set([0x00, 0x7c], bytes.length - 2);
  return bytes;
}

describe('CASES 21: numbers that no model can compute with', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%s', async (bad) => {
    const tensors = { 'policy.x': { shape: [3], data: Float32Array.of(1, 2, bad) } };
    for (const path of ['heads/heads.safetensors', 'checkpoints/rolling-2/weights.safetensors']) {
      const message = await refused(fileOf(rebuilt({ [path]: encodeSafetensors(tensors) }), 'x.zip'));
      expect(message).toBe(`"${path}" cannot be used: tensor "policy.x" holds ${bad} at 2.`);
    }
    expect(await refused(fileOf(await weightsFile(Float32Array.of(bad, 0)), 'x.safetensors'))).toBe(
      `The weights file cannot be used: tensor "layer.w" holds ${bad} at 0.`,
    );
  });

  test('an infinite F16', async () => {
    expect(await refused(fileOf(await weightsFile(new Float32Array(2), true), 'x.safetensors'))).toContain(
      'tensor "layer.w" holds Infinity at 1',
    );
  });
});

describe('CASES 22: every record by one schema', () => {
  const heads = (change: object) => () => {
    const record = jsonIn('heads/heads.json');
    return { 'heads/heads.json': { ...record, report: [{ ...record.report[0], ...change }] } };
  };
  const score = (change: object) => () => {
    const [first] = jsonIn('evaluation.json');
    return { 'evaluation.json': [{ ...first, report: { scores: [{ ...first.report[0], ...change }] } }] };
  };
  const inFile = (path: string, change: object) => () => ({ [path]: { ...jsonIn(path), ...change } });
  const CHECKPOINT = 'checkpoints/rolling-2/manifest.json';

  test.each([
    ['heads with a bin of null', heads({ bins: [null] }), 'report.0.bins.0'],
    ['heads with a confusion of another size', heads({ confusion: [[1]] }), 'report.0'],
    ['heads with a report that is a text', inFile('heads/heads.json', { report: 'good' }), 'report'],
    ['heads of an unknown model', inFile('heads/heads.json', { config: {} }), 'config.backbone'],
    ['a score that is a text', score({ value: '0.5' }), '0.report.scores.0.value'],
    ['a score above 1', score({ value: 2 }), '0.report.scores.0.value'],
    ['a checkpoint without state', inFile(CHECKPOINT, { state: null }), 'state'],
    ['a checkpoint of another model', inFile(CHECKPOINT, { model: 7 }), 'model'],
    ['a run of no date', inFile('config.json', { createdAt: 'yesterday' }), 'createdAt'],
    ['a seed of 0.5', inFile('config.json', { seed: 0.5 }), 'seed'],
    [
      'settings of endless depth',
      inFile('config.json', { settings: { a: JSON.parse('['.repeat(500) + ']'.repeat(500)) } }),
      'settings.a',
    ],
  ])('%s', async (_, make, place) => {
    expect(await refused(fileOf(rebuilt(make()), 'x.zip'))).toContain(` at ${place} (`);
  });
});

/** A file of any size that says how much of it was read. */
class HugeFile extends File {
  readBytes = 0;
  constructor(
    name: string,
    override readonly size: number,
    readonly head: Uint8Array,
  ) {
    super([], name);
  }
  override slice(start = 0, end = this.size): Blob {
    const from = start < 0 ? this.size + start : start;
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.size) - from));
    if (from < this.head.length) bytes.set(this.head.subarray(from, from + bytes.length));
    this.readBytes += bytes.length;
    return new Blob([bytes]);
  }
  override async arrayBuffer(): Promise<ArrayBuffer> {
    throw new DOMException('typically due to permission problems', 'NotReadableError');
  }
}

class UnreadableFile extends File {
  constructor(
    name: string,
    readonly why: string,
  ) {
    super(['x'], name);
  }
  override slice(): Blob {
    return Object.assign(new Blob(), {
      arrayBuffer: () => Promise.reject(new DOMException('permission problems', this.why)),
    });
  }
}

describe('CASES 23: one sentence for each file that cannot be taken', () => {
  test.each([
    ['an empty file', () => fileOf(new Uint8Array(0), 'x.zip'), 'The file is empty.'],
    ['a picture', () => fileOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'x.png'), 'neither a bundle'],
    ['a text named .safetensors', () => fileOf(strToU8('hello, world'), 'x.safetensors'), 'header claims'],
    ['a cut .safetensors', () => fileOf(Uint8Array.of(1, 2), 'x.safetensors'), 'only 2 bytes'],
    ['a zip of something else', () => fileOf(zipSync({ a: strToU8('x') }), 'x.zip'), 'no manifest.json'],
    ['a file that was deleted', () => new UnreadableFile('x.zip', 'NotFoundError'), 'no longer there'],
    ['a file that was changed', () => new UnreadableFile('x.zip', 'NotReadableError'), 'cannot read it'],
    ['a name of 255 characters', () => fileOf(new Uint8Array(0), 'x'.repeat(70)), 'is empty'],
  ])('%s', async (_, make, part) => {
    const message = await refused(make());
    expect(message).toContain(part);
    expect(message).not.toContain('zip file.');
  });

  test('a file of 3 GB is refused by its size, and nothing of it is read', async () => {
    const file = new HugeFile('x.zip', 3e9, strToU8('PK'));
    expect(await refused(file)).toBe('The file has 3.0 GB, and at most 1.1 GB are read.');
    expect(file.readBytes).toBe(0);
  });

  test('a large file is refused by its head or its end, and not read whole', async () => {
    const size = MAX_FILE_BYTES - 1;
    const foreign = encodeSafetensors({}, { metadata: { format: 'pt' } });
    const weights = new HugeFile('x.safetensors', size, foreign);
    expect(await refused(weights)).toContain('no policy that was saved by this playground');
    const zip = new HugeFile('x.zip', size, Uint8Array.of(0x50, 0x4b, 3, 4));
    expect(await refused(zip)).toContain('table of contents is missing');
    expect(weights.readBytes + zip.readBytes).toBeLessThan(1e6);
    expect(decodeSafetensors(foreign)).toEqual({});
  });
});

describe('CASES 24: whatever is exported can be imported', () => {
  test('runs of any name, tags, pins and message', async () => {
    const text = fc.string({ maxLength: 3000, unit: 'binary' });
    const run = fc.record({
      id: fc.string({ minLength: 1, maxLength: 200 }),
      name: text,
      message: text,
      tags: fc.array(text, { maxLength: 200 }),
      pins: fc.array(fc.record({ step: fc.nat(), group: fc.nat() }), { maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async (changes) => {
        const source = new MemoryStore();
        await source.createRun({ ...makeRun('a'), ...changes });
        await source.putCheckpoint(makeCheckpoint(changes.id, 9, 'stage-end'));
        const file = await source.exportBundle(changes.id);
        // Twice: the second one gets another id, which must be able to go out again.
        await source.importBundle(file);
        const again = await source.importBundle(file);
        expect(await source.getRun(again)).toMatchObject({ message: changes.message, tags: changes.tags });
        const third = new MemoryStore();
        await third.importBundle(await source.exportBundle(again));
        const weights = await exportFile(source, again, { kind: 'weights', checkpointId: 'stage-end-9' });
        await rejects(() => third.importBundle(weights), 'bad-bundle').then((message) =>
          expect(message).toContain('holds no tensors'),
        );
      }),
      { numRuns: 30, seed: 24 },
    );
  });

  test('more than is read is not written', () => {
    const files = new Map([
      ['a.json', new Uint8Array(600)],
      ['b.json', new Uint8Array(600)],
    ]);
    expect(() => writeZip(files, { maxFiles: 9, maxUnpackedBytes: 1000 })).toThrow('too large for a bundle');
    expect(() => writeZip(files, { maxFiles: 1, maxUnpackedBytes: 1e6 })).toThrow('too large for a bundle');
  });
});
