// The store on files: the store's contract, also when it is opened anew before each call; cut-off, damaged and full files.

import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { FileStore } from '../../src/cli/train/fileStore.ts';
import type { RunStore } from '../../src/storage/index.ts';
import { contract } from '../storage/contract.ts';
import { makeCheckpoint, makeRow, makeRun } from '../storage/records.ts';
import { testFolder } from '../support/testFolder.ts';

const newFolder = () => testFolder('store');

/** As a process that is killed after each call, and started again. */
function reopening(folder: string): RunStore {
  let store: FileStore | null = null;
  return new Proxy({} as RunStore, {
    get: (_, name) =>
      name === 'then'
        ? undefined
        : (...given: unknown[]) => {
            store?.close();
            store = new FileStore(folder);
            return Reflect.apply(Reflect.get(store, name) as () => unknown, store, given);
          },
  });
}

describe('FileStore', () => {
  test.each(contract)('$name', ({ run }) => run(async () => new FileStore(newFolder())));
});

describe('FileStore, opened anew before each call', () => {
  test.each(contract)('$name', ({ run }) => run(async () => reopening(newFolder())));
});

/** A run with rows and two checkpoints. */
async function filled(folder: string): Promise<void> {
  const store = new FileStore(folder);
  await store.createRun(makeRun('a'));
  for (const step of [0, 1, 2]) {
    await store.appendMetrics('a', [makeRow(step)]);
    if (step > 0) await store.putCheckpoint(makeCheckpoint('a', step));
  }
  store.close();
}

describe('what a killed process leaves', () => {
  it('is what was stored up to some moment, wherever the log is cut, and goes on from there', async () => {
    const folder = newFolder();
    await filled(folder);
    const whole = readFileSync(join(folder, 'log'));
    const seen = new Set<string>();
    for (let bytes = 0; bytes <= whole.length; bytes += bytes > whole.length - 12 ? 1 : 7) {
      writeFileSync(join(folder, 'log'), whole.subarray(0, bytes));
      const store = new FileStore(folder);
      const steps = (await store.readMetrics('a')).map(({ step }) => step);
      const checkpoints = (await store.listCheckpoints('a')).map(({ step }) => step);
      seen.add(JSON.stringify([steps, checkpoints]));
      if (await store.getRun('a')) await store.appendMetrics('a', [makeRow(9)]);
      store.close();
      const again = new FileStore(folder);
      if (await again.getRun('a')) expect((await again.readMetrics('a')).at(-1)).toEqual(makeRow(9));
      again.close();
    }
    expect([...seen]).toEqual(
      [
        [[], []],
        [[0], []],
        [[0, 1], []],
        [[0, 1], [1]],
        [[0, 1, 2], [1]],
        [
          [0, 1, 2],
          [1, 2],
        ],
      ].map((state) => JSON.stringify(state)),
    );
  });

  it('may end in rubbish or in zeros', async () => {
    for (const rest of [Buffer.alloc(100, 7), Buffer.alloc(100)]) {
      const folder = newFolder();
      await filled(folder);
      appendFileSync(join(folder, 'log'), rest);
      const store = new FileStore(folder);
      expect((await store.latestCheckpoint('a'))?.manifest.step).toBe(2);
      await store.appendMetrics('a', [makeRow(9)]);
      store.close();
      expect(await new FileStore(folder).readMetrics('a')).toHaveLength(4);
    }
  });

  it('may hold a damaged checkpoint: the one before is the newest then', async () => {
    const folder = newFolder();
    await filled(folder);
    const newest = join(folder, 'checkpoint-2');
    const undamaged = join(folder, 'undamaged');
    copyFileSync(newest, undamaged);
    const at = statSync(newest).size - 100;
    const bytes = readFileSync(newest);
    bytes[at] ^= 1;
    for (const damage of [
      () => writeFileSync(newest, bytes),
      () => truncateSync(newest, at),
      () => rmSync(newest),
    ]) {
      copyFileSync(undamaged, newest);
      damage();
      const store = new FileStore(folder);
      expect(await store.latestCheckpoint('a')).toEqual(makeCheckpoint('a', 1));
      store.close();
    }
  });

  it('may be a checkpoint that the log does not name: the next one takes its place', async () => {
    const folder = newFolder();
    await filled(folder);
    writeFileSync(join(folder, 'checkpoint-3'), 'half');
    const store = new FileStore(folder);
    await store.putCheckpoint(makeCheckpoint('a', 3));
    expect(await store.latestCheckpoint('a')).toEqual(makeCheckpoint('a', 3));
    expect(readdirSync(folder).sort(), 'surplus ones are removed').toEqual([
      'checkpoint-2',
      'checkpoint-3',
      'log',
    ]);
  });
});

it.skipIf(process.platform !== 'linux')('a full disk is told, and what was stored stays', async () => {
  const folder = newFolder();
  await filled(folder);
  const store = new FileStore(folder);
  symlinkSync('/dev/full', join(folder, 'checkpoint-3'));
  await expect(store.putCheckpoint(makeCheckpoint('a', 3))).rejects.toMatchObject({
    code: 'disk-full',
    message: `There is no room left on the disk of ${folder}.`,
  });
  expect(await store.latestCheckpoint('a')).toEqual(makeCheckpoint('a', 2));
  await store.putCheckpoint(makeCheckpoint('a', 3));
  expect(await new FileStore(folder).latestCheckpoint('a')).toEqual(makeCheckpoint('a', 3));
});
