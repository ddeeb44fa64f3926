// `npm run train -- --runtime node`: the digest of the browser, and that of the undisturbed run after any number of kills.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBundle } from '../../src/storage/index.ts';
import { expect, test } from './fixtures.ts';
import {
  COMMAND_MS,
  Command,
  digestOf,
  type Ended,
  inFolder,
  TINY,
  tinyWith,
  train,
} from './trainCommand.ts';

const NODE = ['--runtime', 'node'];
/** Draws the moments at which the runs are killed; another one draws others. */
const SEED = Number(process.env.COSMO_FUZZ_SEED ?? 7);

function engineOf(folder: string) {
  return readBundle(new Uint8Array(readFileSync(join(folder, 'bundle.zip')))).run.engine;
}

const isFinished = ({ code, error }: Ended) => expect(code, error).toBe(0);

for (const simd of ['plain', 'fused']) {
  test(`train in Node gives the bits of the browser with the ${simd} kernels, on any number of threads`, async () => {
    test.setTimeout(5 * COMMAND_MS);
    await inFolder(async (folder) => {
      const words = (threads: number, flags = {}) =>
        tinyWith({ '--sft-steps': '30', '--wasm-simd': simd, '--wasm-threads': `${threads}`, ...flags });
      const inBrowser = join(folder, 'browser');
      const browser = await new Command([...words(2), '--out', inBrowser]).ended;
      test.skip(browser.error.includes('no fused multiply-add'), 'this processor or browser does not fuse');
      isFinished(browser);
      expect(engineOf(inBrowser)).toMatchObject({ backend: 'wasm', simd, threads: 2 });
      for (const threads of [1, 2]) {
        const out = join(folder, `node-${threads}`);
        const ended = await train([...words(threads), ...NODE, '--out', out]);
        expect(engineOf(out)).toMatchObject({ backend: 'wasm', simd, threads });
        expect(digestOf(ended)).toBe(digestOf(browser));
      }
      // A run of the browser goes on as another one in Node.
      const forked = join(folder, 'forked');
      const ended = await train([
        ...words(2),
        ...NODE,
        '--from',
        inBrowser,
        '--at',
        'heads',
        '--out',
        forked,
      ]);
      expect(digestOf(ended)).toBe(digestOf(browser));
    });
  });
}

test('a run in Node that is stopped once and killed in every stage gives the digest of the undisturbed run', async () => {
  test.setTimeout(4 * COMMAND_MS);
  await inFolder(async (folder) => {
    const whole = await train([...TINY, ...NODE, '--out', join(folder, 'whole')]);
    const out = join(folder, 'killed');
    let state = SEED;
    const draw = (most: number) => {
      state = (state * 48271) % 2147483647;
      return Math.floor((state / 2147483647) * most);
    };
    const disturb = async (words: readonly string[], inStage: RegExp, end: 'SIGINT' | 'SIGKILL') => {
      const command = new Command(words);
      const begun = async () => !command.running || inStage.test(command.out);
      await expect.poll(begun, { message: `${inStage}`, timeout: COMMAND_MS, intervals: [20] }).toBe(true);
      await sleep(draw(200));
      command.signal(end);
      return command.ended;
    };
    const stopped = await disturb([...TINY, ...NODE, '--out', out], /^1\/7 sft/m, 'SIGINT');
    expect([stopped.code, stopped.out], stopped.error).toEqual([130, expect.stringContaining('--resume')]);
    const refused = await new Command(['--resume', out, '--runtime', 'browser']).ended;
    expect([refused.code, refused.error]).toEqual([2, expect.stringMatching(/begun with --runtime node/)]);
    let kills = 0;
    for (const stage of [1, 2, 3, 4, 5, 6]) {
      const { code } = await disturb(['--resume', out], new RegExp(`^[${stage}-7]/7 `, 'm'), 'SIGKILL');
      // The run may be done before.
      if (code === null) kills += 1;
    }
    const resumed = await train(['--resume', out]);
    expect(digestOf(resumed)).toBe(digestOf(whole));
    expect(kills, 'kills of a run in progress').toBeGreaterThan(2);
  });
});
