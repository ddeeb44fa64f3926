// A folder has one owner at a time; a lock that its process has left is noticed.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { inFolder, isReadOnly, ownerOf, takeFolder } from '../../src/tooling/folderLock.ts';
import { testFolder } from '../support/testFolder.ts';

describe('CASES 3: a folder', () => {
  let folder: string;
  const lock = () => join(folder, '.lock');
  const owner = { pid: process.pid, host: hostname(), started: null, since: '2026-11-28T12:00:00.000Z' };
  const write = (over: Partial<Record<keyof typeof owner, unknown>>) =>
    writeFileSync(lock(), JSON.stringify({ ...owner, ...over }));
  beforeEach(() => {
    folder = testFolder('lock');
  });

  it('has one owner, until it leaves', () => {
    const leave = takeFolder(folder);
    expect(ownerOf(folder)).toMatchObject({ pid: process.pid, host: hostname() });
    expect(() => takeFolder(folder)).toThrow(/is in use by process \d+ on/);
    leave();
    expect(ownerOf(folder)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    takeFolder(folder)();
  });

  it('that can only be read is known by what the system says, and one that is not there yet is none', () => {
    const refuse = (code: string) => () => {
      throw Object.assign(new Error(code), { code });
    };
    expect(['EROFS', 'EACCES', 'EPERM'].map((code) => isReadOnly(folder, refuse(code)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isReadOnly(folder)).toBe(false);
    expect(isReadOnly(join(folder, 'new'))).toBe(false);
  });

  it('whose process has ended is free: by its number, or because another process has that number', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    write({ pid });
    expect(ownerOf(folder)).toBeNull();
    takeFolder(folder)();
    write({ started: 'another boot 1' });
    if (existsSync('/proc/self/stat')) takeFolder(folder)();
    writeFileSync(lock(), '{"pid":');
    takeFolder(folder)();
    expect(existsSync(lock())).toBe(false);
  });

  it('of a process on another machine is in use, and the way on is told', () => {
    write({ pid: 1, host: 'elsewhere' });
    let text = '';
    try {
      takeFolder(folder);
    } catch (error) {
      text = (error as { text: string }).text;
    }
    expect(text).toMatch(
      /^\S+ is in use by process 1 on elsewhere since 2026-11-28 12:00:00 UTC\. Wait .* remove \S+\.lock\.$/,
    );
    expect(ownerOf(folder)).toMatchObject({ host: 'elsewhere' });
  });

  it('of an earlier start of the same job of Slurm is free, on whatever node that was', () => {
    const elsewhere = { pid: 1, host: 'elsewhere', job: { id: '12', restarts: 0 } };
    const start = (id: string | undefined, restarts?: string) => {
      vi.stubEnv('SLURM_JOB_ID', id);
      vi.stubEnv('SLURM_RESTART_COUNT', restarts);
      return ownerOf(folder);
    };
    try {
      write(elsewhere);
      expect(start('12', '1')).toBeNull();
      for (const other of [start('12'), start('13', '1'), start(undefined)]) expect(other).not.toBeNull();
      start('12', '2');
      const leave = takeFolder(folder);
      expect(ownerOf(folder)?.job).toEqual({ id: '12', restarts: 2 });
      leave();
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('of a process that has ended, and whose parent does not ask how, is free', async () => {
    // The shell becomes a program that never asks.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [pid] = await once(parent.stdout, 'data');
      write({ pid: Number(pid) });
      await expect.poll(() => ownerOf(folder)).toBeNull();
      if (existsSync('/proc/self/stat')) expect(process.kill(Number(pid), 0)).toBe(true);
    } finally {
      parent.kill();
    }
  });

  it('is waited for by those who can, one after the other', async () => {
    const said: string[] = [];
    const done: string[] = [];
    const work = (name: string) =>
      inFolder(
        folder,
        (text) => said.push(text),
        async () => {
          done.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 20));
          done.push(`${name} ends`);
        },
      );
    await Promise.all([work('a'), work('b')]);
    expect(done).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(said).toHaveLength(1);
  });

  it('has exactly one owner when many processes want it at once, after one that was killed', async () => {
    write({ pid: spawnSync(process.execPath, ['-e', '']).pid });
    const script = `
      import { takeFolder } from ${JSON.stringify(new URL('../../src/tooling/folderLock.ts', import.meta.url).href)};
      import { appendFileSync } from 'node:fs';
      const [folder, log] = process.argv.slice(-2);
      try {
        takeFolder(folder);
        appendFileSync(log, 'taken\\n');
        setTimeout(() => {}, 60_000);
      } catch {
        appendFileSync(log, 'refused\\n');
      }`;
    const log = join(folder, 'log');
    const words = ['--import', 'tsx', '--input-type=module', '-e', script, folder, log];
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, words, { stdio: 'inherit' }));
    const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
    await expect.poll(() => lines().length, { timeout: 30_000 }).toBe(4);
    expect(lines().sort()).toEqual(['refused', 'refused', 'refused', 'taken']);
    for (const child of children) child.kill('SIGKILL');
  }, 40_000);
});
