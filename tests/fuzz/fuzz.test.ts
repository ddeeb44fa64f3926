// Whatever comes in from outside is taken, or refused in one clear sentence: never a fault of the program, never slow, never blank.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { command } from '../../src/cli/command.ts';
import { TRAIN_FLAGS } from '../../src/cli/train/flags.ts';
import type { Settings } from '../../src/config/index.ts';
import {
  DEFAULTS,
  fromQuery,
  readSettings,
  toFlags,
  toQuery,
  validateSettings,
} from '../../src/config/index.ts';
import { decodeHeadReports, decodeScores } from '../../src/protocol/decode.ts';
import { readReleaseList, releaseListText } from '../../src/releases/format.ts';
import { importRun } from '../../src/storage/bundleImport.ts';
import { exportFile } from '../../src/storage/exportFiles.ts';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import { makeCheckpoint, makeRun } from '../storage/records.ts';
import { fill } from '../storage/wholeRun.ts';
import { bytesLike, recordLike, textLike } from './mutations.ts';

/** Of all kinds together. */
const CASES = Number(process.env.COSMO_FUZZ_CASES ?? 2000);
const SEED = Number(process.env.COSMO_FUZZ_SEED ?? 20_261_128);
const KINDS = 7;
/** Of the processor, so that other work on the machine does not count. */
const SLOWEST_MS = 2000;
const LONGEST = 1000;
/** Of the heap, for garbage that is not collected yet. */
const MOST_GROWTH_BYTES = 400 * 1048576;

let taken = 0;
let refused = 0;
let slowestMs = 0;
let bundle: Uint8Array;
let weights: Uint8Array;
let heapBefore: number;

beforeAll(async () => {
  const store = new MemoryStore();
  await fill(store, 'a');
  bundle = await store.exportBundle('a');
  await store.createRun(makeRun('b'));
  const tensors = { 'policy.w': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
  await store.putCheckpoint({ ...makeCheckpoint('b', 9, 'stage-end'), tensors });
  weights = await exportFile(store, 'b', { kind: 'weights', checkpointId: 'stage-end-9' });
  heapBefore = process.memoryUsage().heapUsed;
});

afterAll(() => {
  const growth = (process.memoryUsage().heapUsed - heapBefore) / 1048576;
  const outcome = `${taken} taken, ${refused} refused, slowest ${slowestMs.toFixed(0)} ms, heap ${growth.toFixed(0)} MB more`;
  if (process.env.COSMO_FUZZ_CASES !== undefined) console.log(`${taken + refused} cases: ${outcome}.`);
});

/** One clear sentence, or more, on one line each, with an end; of no fault of the program. */
function expectClear(sentence: string): void {
  expect(sentence.trim()).toMatch(/[.!?]$/);
  expect(sentence.length).toBeLessThan(LONGEST);
}

/** Takes the input, or refuses it as it should. */
async function outcomeOf(work: () => unknown): Promise<void> {
  const start = process.cpuUsage();
  try {
    await work();
    taken += 1;
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    expect(error.code).not.toBe('internal');
    expectClear(error.message);
    expectClear(error.hint);
    refused += 1;
  }
  const { user, system } = process.cpuUsage(start);
  const tookMs = (user + system) / 1000;
  slowestMs = Math.max(slowestMs, tookMs);
  expect(tookMs).toBeLessThan(SLOWEST_MS);
}

async function fuzz<Input>(inputs: fc.Arbitrary<Input>, work: (input: Input) => unknown): Promise<void> {
  const property = fc.asyncProperty(inputs, (input) => outcomeOf(() => work(input)));
  await fc.assert(property, { numRuns: Math.ceil(CASES / KINDS), seed: SEED });
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(MOST_GROWTH_BYTES);
}

const LONG = { timeout: 3_600_000 };

/** What is taken can be shown and goes out again. */
async function takeIn(bytes: Uint8Array, name: string): Promise<void> {
  const store = new MemoryStore();
  const before = await store.listRuns();
  let runId: string;
  try {
    runId = await importRun(store, new File([new Uint8Array(bytes)], name));
  } catch (error) {
    expect(await store.listRuns()).toEqual(before);
    if (error instanceof PlaygroundError) expect(error.message.startsWith(`${name}: `)).toBe(true);
    throw error;
  }
  const run = await store.getRun(runId);
  if (run) readSettings(run);
  for (const { report } of await store.listEvaluations(runId)) decodeScores(report);
  decodeHeadReports((await store.getHeads(runId))?.report);
  await new MemoryStore().importBundle(await store.exportBundle(runId));
}

test('bundles, byte by byte', LONG, () => fuzz(bytesLike(bundle), (bytes) => takeIn(bytes, 'x.zip')));

test('weights files, byte by byte', LONG, () =>
  fuzz(bytesLike(weights), (bytes) => takeIn(bytes, 'x.safetensors')),
);

test('records in a bundle', LONG, () => {
  const files = unzipSync(bundle);
  const paths = Object.keys(files).filter((path) => path.endsWith('.json'));
  const text = (path: string) => new TextDecoder().decode(files[path]);
  const changed = fc.oneof(
    ...paths.map((path) =>
      recordLike(JSON.parse(text(path))).map((record) => ({ path, content: JSON.stringify(record) })),
    ),
    textLike(text('metrics.csv')).map((content) => ({ path: 'metrics.csv', content })),
  );
  return fuzz(changed, ({ path, content }) => {
    const manifest = JSON.parse(path === 'manifest.json' ? content : text('manifest.json'));
    if (manifest?.files) delete manifest.files[path];
    const bytes = new TextEncoder().encode(content);
    const others: Zippable =
      path === 'manifest.json' ? {} : { 'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)) };
    return takeIn(zipSync({ ...files, ...others, [path]: bytes }, { level: 0 }), 'x.zip');
  });
});

test('the list of released models', LONG, () => {
  const list = JSON.parse(readFileSync('public/models/index.json', 'utf8'));
  list.models = list.models.slice(0, 1);
  return fuzz(recordLike(list), (record) => {
    releaseListText(readReleaseList(new TextEncoder().encode(JSON.stringify(record))));
  });
});

test('addresses', LONG, () => {
  const query = toQuery({ ...DEFAULTS, seed: 8, sft_steps: 100, stage1_mix: DEFAULTS.stage1_mix }, 'quick');
  return fuzz(textLike(query), (text) => {
    const { settings, preset, dropped } = fromQuery(text);
    for (const sentence of dropped) expect(sentence.trim()).toMatch(/[.!?]$/);
    // What was read is whole, and can be written again.
    validateSettings(settings);
    toQuery(settings, preset);
  });
});

test('flags', LONG, () => {
  const { read } = command({ line: 'npm run train', about: '', flags: TRAIN_FLAGS, run: () => 0 });
  const line = [
    '--preset',
    'quick',
    ...toFlags({ ...DEFAULTS, seed: 8, sft_steps: 100, evaluate: false }, ''),
  ].join(' ');
  return fuzz(textLike(line), (text) => {
    read(text.split(' ').filter((word) => word !== ''));
  });
});

test('settings of any file', LONG, () =>
  fuzz(recordLike({ ...DEFAULTS } satisfies Settings), (record) => {
    readSettings({ settings: (record ?? {}) as { [key: string]: unknown } });
    validateSettings(record as { [key: string]: unknown });
  }),
);
