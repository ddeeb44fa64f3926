// Finds Firefox (on Debian as root it installs it) and starts it, driven over WebDriver BiDi.

import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { launchError } from './launchError.ts';
import { inPath, type Program, requireProgram } from './program.ts';

const FIREFOX: Program = {
  title: 'Firefox',
  variable: 'FIREFOX_PATH',
  paths: (env) => {
    if (process.platform === 'darwin') return ['/Applications/Firefox.app/Contents/MacOS/firefox'];
    if (process.platform !== 'win32') return inPath(['firefox-esr', 'firefox'], env);
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)']]
      .filter((folder) => folder !== undefined)
      .map((folder) => join(folder, 'Mozilla Firefox\\firefox.exe'));
  },
  packages: ['firefox-esr'],
  sizeMb: 80,
};

/** Starting takes ten seconds on two cores, and more beside other work. */
const START_TIMEOUT_MS = 180_000;
/** One command may wait for a page that trains. */
const COMMAND_TIMEOUT_MS = 600_000;

export type FirefoxOptions = {
  /** Folder of the browser's storage; without it storage ends with the browser. */
  profile?: string;
  /** What is downloaded lies here. */
  downloads?: string;
};

export const requireFirefox = (): string => requireProgram(FIREFOX);

/** Starts Firefox without a window. The caller closes it. @throws PlaygroundError that says why it does not start. */
export async function launchFirefox({ profile, downloads }: FirefoxOptions = {}): Promise<Browser> {
  const program = requireFirefox();
  const puppeteer = await import('puppeteer-core');
  try {
    return await puppeteer.launch({
      browser: 'firefox',
      executablePath: program,
      headless: true,
      ...(profile === undefined ? {} : { userDataDir: profile }),
      timeout: START_TIMEOUT_MS,
      protocolTimeout: COMMAND_TIMEOUT_MS,
      defaultViewport: null,
      extraPrefsFirefox: {
        ...(downloads === undefined
          ? {}
          : { 'browser.download.dir': downloads, 'browser.download.folderList': 2 }),
      },
    });
  } catch (error) {
    throw launchError(error, { program, profile: profile ?? null, variable: FIREFOX.variable });
  }
}
