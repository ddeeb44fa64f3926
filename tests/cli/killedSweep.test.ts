// `npm run sweep` killed again and again at drawn moments of its first seconds: no run counts as failed, and the same digests come out.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testFolder } from '../support/testFolder.ts';

const PLAN = [
  ...['--base', 'smoke', '--stages', 'sft', '--sft-steps', '6', '--sft-batch', '8', '--eval-samples', '10'],
  ...['--checkpoint-every', '2', '--vary', 'sft_learning_rate=0.001,0.002', '--seeds', '1'],
];
/** Draws the moments; another one draws others. */
const SEED = Number(process.env.COSMO_FUZZ_SEED ?? 7);
const FOLDERS = 2;
const KILLS = 6;
const LATEST_MS = 3000;
/** A job of a cluster is ended with all of its processes, as a terminal does it; a killed command may leave its run behind. */
const ENDINGS = [
  { signal: 'SIGTERM', of: 'all' },
  { signal: 'SIGKILL', of: 'all' },
  { signal: 'SIGTERM', of: 'command' },
  { signal: 'SIGKILL', of: 'command' },
] as const;

function draws(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * most);
  };
}

/** Of a process group of its own. */
function sweep(out: string): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } {
  const child = spawn(process.execPath, ['src/cli/bootstrap.mjs', 'sweep', ...PLAN, '--out', out], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      said += text;
    });
  // Not `close`: a run that is left behind has no hold of these, but what it starts may.
  const ended = new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, said }));
  });
  return { child, ended };
}

function kill({ pid = 0 }: ChildProcess, { signal, of }: (typeof ENDINGS)[number]): void {
  try {
    process.kill(of === 'all' ? -pid : pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

async function digests(out: string): Promise<{ [run: string]: string }> {
  const { code, said } = await sweep(out).ended;
  expect(code, said).toBe(0);
  const { runs } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
  return Object.fromEntries(runs.map(({ id, digest }: { id: string; digest: string }) => [id, digest]));
}

test('a sweep that is killed at any moment goes on, without a failure, to the digests of the undisturbed one', async () => {
  const folder = testFolder('killed');
  const whole = await digests(join(folder, 'whole'));
  expect(Object.keys(whole)).toHaveLength(2);
  const draw = draws(SEED);
  let killed = 0;
  for (let i = 0; i < FOLDERS; i++) {
    const out = join(folder, `killed-${i}`);
    for (let kills = 0; kills < KILLS; kills++) {
      const { child, ended } = sweep(out);
      const [afterMs, ending] = [draw(LATEST_MS), ENDINGS[draw(ENDINGS.length)]];
      await Promise.race([ended, sleep(afterMs)]);
      if (child.exitCode === null) killed++;
      kill(child, ending);
      const { code, said } = await ended;
      const what = `${ending.signal} to ${ending.of} after ${afterMs} ms: ${said}`;
      expect([null, 0, 130], what).toContain(code);
      expect(existsSync(join(out, 'failures')), what).toBe(false);
    }
    expect(await digests(out)).toEqual(whole);
  }
  expect(killed, 'kills of a sweep in progress').toBeGreaterThan(FOLDERS);
});
