// The kills in Chromium, through Playwright and the browser's own list of its processes.

import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { launchChromium } from '../../src/tooling/chromium.ts';
import { killProcess, type Visitor, type VisitorOptions } from './visitor.ts';

type Running = { context: BrowserContext; devTools: CDPSession; gone: Promise<unknown> };

export class ChromiumVisitor implements Visitor {
  readonly #options: VisitorOptions;
  #running: Running | null = null;
  #page: Page | null = null;

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  async open(address: string): Promise<void> {
    const { context } = await this.#browser();
    if (this.#page) return;
    const [first] = context.pages();
    const page = first?.url() === 'about:blank' ? first : await context.newPage();
    this.#page = page;
    await page.goto(address, { waitUntil: 'commit' });
  }

  evaluate<Given, Result>(work: (given: Given) => Result | Promise<Result>, given: Given): Promise<Result> {
    if (!this.#page) throw new Error('There is no tab.');
    return this.#page.evaluate(work as (given: unknown) => Result | Promise<Result>, given as unknown);
  }

  async reload(): Promise<void> {
    await this.#page?.reload({ waitUntil: 'commit' });
  }

  async closeTab(): Promise<void> {
    await this.#page?.close();
    this.#page = null;
  }

  async killTab(): Promise<void> {
    const page = this.#page;
    if (!page || !this.#running) return;
    const crashed = page.waitForEvent('crash');
    for (const pid of await pidsOf(this.#running.devTools, 'renderer')) killProcess(pid);
    await crashed;
    // The user closes it and opens another one.
    await this.closeTab();
  }

  async quit(): Promise<void> {
    await this.#running?.context.close();
    this.#running = null;
    this.#page = null;
  }

  async kill(): Promise<void> {
    if (!this.#running) return;
    const { devTools, gone } = this.#running;
    for (const pid of await pidsOf(devTools, 'browser')) killProcess(pid);
    await gone;
    this.#running = null;
    this.#page = null;
  }

  async #browser(): Promise<Running> {
    if (this.#running) return this.#running;
    const { profileFolder, inEveryPage } = this.#options;
    const context = await launchChromium({ adapter: 'none', persistentDir: profileFolder });
    const browser = context.browser();
    if (!browser) throw new Error('Playwright gives no browser.');
    await context.addInitScript(inEveryPage);
    this.#running = {
      context,
      devTools: await browser.newBrowserCDPSession(),
      gone: new Promise((resolve) => context.once('close', resolve)),
    };
    return this.#running;
  }
}

async function pidsOf(devTools: CDPSession, type: 'renderer' | 'browser'): Promise<number[]> {
  const { processInfo } = await devTools.send('SystemInfo.getProcessInfo');
  return processInfo.filter((each) => each.type === type).map(({ id }) => id);
}
