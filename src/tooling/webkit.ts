// Finds WebKitGTK's browser and driver (on Debian as root it installs them) and starts both on a virtual display.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, PlaygroundError } from '../base/errors.ts';
import { inPath, type Program, requireProgram } from './program.ts';

const LIBRARIES = '/usr/lib';

const DRIVER: Program = {
  title: 'WebKitWebDriver',
  variable: 'WEBKIT_DRIVER_PATH',
  paths: (env) => inPath(['WebKitWebDriver'], env),
  packages: ['webkit2gtk-driver'],
  sizeMb: 35,
};

const DISPLAY: Program = {
  title: 'Xvfb',
  variable: 'XVFB_PATH',
  paths: (env) => inPath(['Xvfb'], env),
  packages: ['xvfb'],
  sizeMb: 3,
};

/** Comes with the library that the driver needs. */
const BROWSER: Program = {
  title: "WebKitGTK's MiniBrowser",
  variable: 'WEBKIT_BROWSER_PATH',
  paths: () =>
    readdirSync(LIBRARIES).map((folder) => join(LIBRARIES, folder, 'webkit2gtk-4.1', 'MiniBrowser')),
  packages: ['webkit2gtk-driver'],
  sizeMb: 35,
};

/** A script of a test may wait for a page that trains. */
const SCRIPT_TIMEOUT_MS = 120_000;
/** A driver that does not answer is told by the command that it was given. */
const ANSWER_TIMEOUT_MS = SCRIPT_TIMEOUT_MS + 10_000;
const START_TIMEOUT_MS = 60_000;

/** One session of WebDriver. `send` gives the value of an answer. @throws Error with what the driver says. */
export type WebKit = {
  version: string;
  send: (method: string, path: string, body?: object) => Promise<unknown>;
  close: () => Promise<void>;
};

export function requireWebKit(): { driver: string; display: string; browser: string } {
  return {
    driver: requireProgram(DRIVER),
    browser: requireProgram(BROWSER),
    display: requireProgram(DISPLAY),
  };
}

/** Starts WebKitGTK's browser with storage of its own. What is downloaded lies in the folder. The caller closes it. */
export async function launchWebKit(downloads: string): Promise<WebKit> {
  const programs = requireWebKit();
  const home = homeFolder(downloads);
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    return child;
  };
  let end = async () => {};
  const close = async () => {
    await end().catch(() => undefined);
    for (const child of children.reverse()) {
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const display = start(programs.display, ['-displayfd', '3', '-screen', '0', '1400x1000x24']);
    const [number] = await once(display.stdio[3]!, 'data', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
    const port = await freePort();
    start(programs.driver, ['--host=127.0.0.1', `--port=${port}`], {
      DISPLAY: `:${String(number).trim()}`,
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      // There is no graphics card behind the display.
      LIBGL_ALWAYS_SOFTWARE: '1',
      // In this locale it calls its language "C".
      LC_ALL: 'C',
      // WebKitGTK speaks to no bus and reads no settings of the desktop.
      GSETTINGS_BACKEND: 'memory',
      // For root there is no sandbox.
      ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
    });
    const url = `http://127.0.0.1:${port}/session`;
    const options = { binary: programs.browser, args: ['--automation'] };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
    await untilListening(`http://127.0.0.1:${port}/status`);
    const session = (await ask(url, 'POST', { capabilities })) as {
      sessionId: string;
      capabilities: { browserVersion: string };
    };
    const send: WebKit['send'] = (method, path, body) =>
      ask(`${url}/${session.sessionId}${path}`, method, body);
    end = async () => void (await send('DELETE', ''));
    await send('POST', '/timeouts', { script: SCRIPT_TIMEOUT_MS });
    return { version: session.capabilities.browserVersion, send, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A home whose folder for downloads is the given one. */
function homeFolder(downloads: string): string {
  const home = mkdtempSync(join(tmpdir(), 'cosmo-webkit-'));
  mkdirSync(join(home, '.config'));
  writeFileSync(join(home, '.config', 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  return home;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function untilListening(url: string): Promise<void> {
  const end = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function ask(url: string, method: string, body?: object): Promise<unknown> {
  const asked = `${method} ${new URL(url).pathname}`;
  const fail = (reason: string) =>
    new PlaygroundError('internal', `WebKitWebDriver, asked for ${asked}: ${reason}.`, 'See the page.');
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const answer = await fetch(url, { method, signal, ...(body && { body: JSON.stringify(body) }) }).catch(
    (error) => {
      throw fail(messageOf(error));
    },
  );
  const { value } = (await answer.json()) as { value: unknown };
  if (answer.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw fail(`${error}: ${message}`);
}
