// What keeps the browser or the page's server from starting, in one sentence; and what the address means.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressText, main as start } from '../../src/cli/start.ts';
import { launchChromium } from '../../src/tooling/chromium.ts';
import { launchError } from '../../src/tooling/launchError.ts';
import { portError } from '../../src/tooling/serve.ts';
import { testFolder } from '../support/testFolder.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('CASES 32: a browser that does not start', () => {
  const at = { program: '/usr/bin/chromium', profile: 'runs/a/.browser', variable: 'CHROMIUM_PATH' };
  const log = (line: string) =>
    new Error(
      `launch: Target page, context or browser has been closed\nBrowser logs:\n[pid=7][err] ${line}\n`,
    );

  it.each([
    [
      "ERROR:process_singleton_posix.cc:367] The profile appears to be in use by another Chromium process (12) on another computer (green). Chromium has locked\n[pid=7][err] Error: Can't open display: ",
      'The browser profile runs/a/.browser is locked by process 12 on the computer green. End the run there; where it has ended, delete runs/a/.browser/SingletonLock and run the command again.',
    ],
    [
      'Failed to create a ProcessSingleton for your profile directory.',
      'is in use by another browser. End that run',
    ],
    [
      'No usable sandbox! If you are running on Ubuntu',
      'cannot use its sandbox on this machine, and is not started without it. Allow',
    ],
    [
      'chrome: error while loading shared libraries: libnss3.so: cannot open',
      'the library libnss3.so is missing. Install',
    ],
    ['Missing X server or $DISPLAY', 'no display here for the window of the browser. Leave out --headed'],
    ['write: No space left on device', 'no room for the browser on the disk of runs/a/.browser. Make room'],
    [
      '[7:7:1128/1.1:ERROR:x.cc:1] Something new.',
      '/usr/bin/chromium does not start: Something new. Start it by hand',
    ],
  ])('is told in a sentence: %s', (line, text) => {
    const told = launchError(log(line), at).text;
    expect(told).toContain(text);
    expect(told).not.toContain('\n');
  });

  it.skipIf(process.platform === 'win32')('is told so by the launch itself', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const folder = testFolder('launch');
    const program = join(folder, 'chromium');
    writeFileSync(program, '#!/bin/sh\necho "FATAL: No usable sandbox!" >&2\nexit 1\n');
    chmodSync(program, 0o755);
    vi.stubEnv('CHROMIUM_PATH', program);
    const profile = join(folder, 'profile');
    mkdirSync(profile);
    const launched = launchChromium({ adapter: 'none', persistentDir: profile });
    await expect(launched).rejects.toThrow(
      'Chromium cannot use its sandbox on this machine, and is not started without it.',
    );
  });
});

describe('CASES 32: the address of the page', () => {
  it('is what runs are kept by', () => {
    expect(addressText('http://127.0.0.1:4173/', 4173)).toBe(
      'The playground is at http://127.0.0.1:4173/ (Ctrl-C ends it).\nThe browser keeps runs by address: http://localhost:4173/ would be another one.',
    );
    expect(addressText('http://127.0.0.1:4174/', 4173)).toMatch(
      /^Port 4173 is taken, .* without the runs of the other\.\n/,
    );
  });

  it('is refused where its port cannot be had', () => {
    expect(portError(new Error('Port 9000 is already in use'), 9000)).toMatchObject({
      code: 'bad-usage',
      message: 'Port 9000 is taken by another program.',
    });
    expect(portError(new Error('listen EACCES: permission denied 127.0.0.1:80'), 80)).toMatchObject({
      message: 'This user may not serve on port 80.',
    });
    const other = new Error('other');
    expect(portError(other, 80)).toBe(other);
  });

  it('is refused with exit code 2 where its port is no port', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await start(['--port', '70000'])).toBe(2);
    expect(await start(['--prot', '80'])).toBe(2);
    expect(error.mock.calls.map(([text]) => text)).toEqual([
      '--port is "70000". Give a whole number from 1 to 65535.',
      'There is no flag --prot. The nearest known one is --port; --help lists all.',
    ]);
  });
});
