// The kills in Firefox, over WebDriver BiDi and by the processes below the one that was started.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'puppeteer-core';
import { launchFirefox } from '../../src/tooling/firefox.ts';
import { killProcess, type Visitor, type VisitorOptions } from './visitor.ts';

/** Between two looks at what the driver still tidies up. */
const TIDY_MS = 50;
const MOST_TIDY_MS = 10_000;

export class FirefoxVisitor implements Visitor {
  readonly #options: VisitorOptions;
  #browser: Browser | null = null;
  #page: Page | null = null;

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  async open(address: string): Promise<void> {
    const { profileFolder, inEveryPage } = this.#options;
    if (!this.#browser) {
      // The driver keeps it beside its own settings, and puts it back some time after the end.
      const kept = join(profileFolder, 'user.js.puppeteer');
      const endMs = performance.now() + MOST_TIDY_MS;
      while (existsSync(kept) && performance.now() < endMs) await sleep(TIDY_MS);
      this.#browser = await launchFirefox({ profile: profileFolder });
    }
    if (this.#page) return;
    const tabs = await this.#browser.pages();
    const page = tabs.find((each) => each.url() === 'about:blank') ?? (await this.#browser.newPage());
    await page.evaluateOnNewDocument(inEveryPage);
    this.#page = page;
    // To wait for less than the document is not offered. Where it does not come, nothing new is seen.
    page.goto(address).catch(() => undefined);
  }

  async evaluate<Given, Result>(
    work: (given: Given) => Result | Promise<Result>,
    given: Given,
  ): Promise<Result> {
    if (!this.#page) throw new Error('There is no tab.');
    return (await this.#page.evaluate(work as (given: unknown) => unknown, given)) as Result;
  }

  async reload(): Promise<void> {
    await this.#page?.evaluate(() => {
      // What the old page says until it is gone is not of the new one.
      window.chaos = undefined;
      location.reload();
    });
  }

  async closeTab(): Promise<void> {
    const page = this.#page;
    this.#page = null;
    // The last tab would take the browser with it.
    await this.#browser?.newPage();
    await page?.close();
  }

  async killTab(): Promise<void> {
    const pid = this.#browser?.process()?.pid;
    if (pid === undefined) throw new Error('There is no browser.');
    for (const each of contentProcesses(pid)) killProcess(each);
    // Of a tab without its process the driver may know no more.
    await this.closeTab().catch(() => undefined);
  }

  async quit(): Promise<void> {
    const browser = this.#browser;
    this.#browser = null;
    this.#page = null;
    await browser?.close();
  }

  async kill(): Promise<void> {
    const browser = this.#browser;
    const process = browser?.process();
    this.#browser = null;
    this.#page = null;
    if (!browser || process?.pid === undefined) return;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    killProcess(process.pid);
    await gone;
  }
}

/** Those that draw pages, below a process of Firefox; a process between them may have forked them. */
function contentProcesses(root: number): number[] {
  const all = readdirSync('/proc').flatMap((name) => {
    try {
      const pid = Number(name);
      const parent = Number(
        readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[1],
      );
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .filter((word) => word !== '');
      return Number.isInteger(pid) ? [{ pid, parent, words }] : [];
    } catch {
      // It has ended, or is no process.
      return [];
    }
  });
  const below = new Set([root]);
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all
    .filter(({ pid, words }) => below.has(pid) && words.includes('-contentproc') && words.at(-1) === 'tab')
    .map(({ pid }) => pid);
}
