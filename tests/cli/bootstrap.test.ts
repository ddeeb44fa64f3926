// The entrance of the npm commands: which Node it accepts, and when it installs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../support/testFolder.ts';

const SCRIPT = resolve('src/cli/bootstrap.mjs');

type Bootstrap = {
  inRange(version: string, range: string): boolean;
  nodeComplaint(version: string): string | null;
  staleReason(root: string): string | null;
  withLock<Result>(file: string, action: () => Promise<Result>): Promise<Result>;
};

const { inRange, nodeComplaint, staleReason, withLock } = (await import(
  pathToFileURL(SCRIPT).href
)) as Bootstrap;

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.1.0'])('%s will do', (version) => {
    expect(nodeComplaint(version)).toBeNull();
  });

  it.each(['8.0.0', '18.20.4', '20.18.3', '21.7.3', '22.11.0', '23.0.0'])(
    'CASES 33: %s, which the tools do not run on, is refused in one sentence',
    (version) => {
      expect(nodeComplaint(version)).toBe(
        `This needs Node 20 from 20.19 on, or 22 from 22.12 on, or 24.0 or newer, and this is Node ${version}. Install one of those and run the command again.`,
      );
    },
  );

  it.each(['vite', 'vitest', 'rolldown', 'knip', 'dependency-cruiser', 'playwright-core'])(
    'CASES 33: what is let in is what %s runs on',
    (name) => {
      const { engines } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
      for (const version of ['20.19.0', '20.99.0', '22.12.0', '22.99.0', '24.0.0', '26.1.0'])
        expect(inRange(version, engines.node)).toBe(true);
    },
  );
});

describe('the dependencies', () => {
  let root: string;
  const write = (file: string, content: unknown) => writeFileSync(join(root, file), JSON.stringify(content));
  const lock = (versions: { [name: string]: string }, optional: readonly string[] = []) => ({
    packages: Object.fromEntries([
      ['', { name: 'root' }],
      ...Object.entries(versions).map(([name, version]) => [
        `node_modules/${name}`,
        { version, ...(optional.includes(name) ? { optional: true } : {}) },
      ]),
    ]),
  });

  beforeEach(() => {
    root = testFolder('bootstrap');
    write('package-lock.json', lock({ a: '1.0.0', b: '2.0.0' }, ['b']));
  });

  it('are installed where node_modules is missing, or was left half-way', () => {
    expect(staleReason(root)).toBe('node_modules is missing');
    mkdirSync(join(root, 'node_modules'));
    expect(staleReason(root)).toBe('package-lock.json has changed');
  });

  it('are left alone where they are what the lock file asks for, until it changes', () => {
    mkdirSync(join(root, 'node_modules'));
    write('node_modules/.package-lock.json', lock({ a: '1.0.0' }));
    expect(staleReason(root)).toBeNull();
    expect(staleReason(root)).toBeNull();
    write('package-lock.json', lock({ a: '1.0.1' }));
    expect(staleReason(root)).toBe('package-lock.json has changed');
  });
});

describe('the lock of an installation', () => {
  let folder: string;
  beforeEach(() => {
    folder = testFolder('lock');
  });

  it('lets one in at a time, also after a failure', async () => {
    const file = join(folder, 'lock');
    const events: string[] = [];
    const hold = (name: string, fails: boolean) =>
      withLock(file, async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([hold('first', true), hold('second', false)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(existsSync(file)).toBe(false);
  });

  it('is taken from a process that has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const file = join(folder, 'lock');
    writeFileSync(file, String(pid));
    expect(await withLock(file, async () => 'done')).toBe('done');
  });

  it.each(['', 'no number'])('is taken where it holds "%s" for long', async (content) => {
    const file = join(folder, 'lock');
    writeFileSync(file, content);
    const aMinuteAgo = new Date(Date.now() - 60_000);
    utimesSync(file, aMinuteAgo, aMinuteAgo);
    expect(await withLock(file, async () => 'done')).toBe('done');
  });

  it('is waited for where it is empty and new: its process is about to write', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, '');
    let taken = false;
    const result = withLock(file, async () => {
      taken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(taken).toBe(false);
    rmSync(file);
    await result;
    expect(taken).toBe(true);
  });
});

describe('commands', () => {
  it('are listed by --help, and an unknown one is named', () => {
    const help = spawnSync(process.execPath, [SCRIPT, '--help'], { encoding: 'utf8' });
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('npm run train');
    const unknown = spawnSync(process.execPath, [SCRIPT, 'tset'], { encoding: 'utf8' });
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('There is no command tset.');
  });
});
