// One browser test at a time: its context, its pages and their errors, its time limit, and tidying up after it.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../../src/tooling/chromium.ts';
import { browserAssert } from './assert.ts';
import type { BrowserTest, BrowserTestContext } from './types.ts';

const TEST_TIMEOUT_MS = 120_000;
const CLOSE_TIMEOUT_MS = 10_000;

class TimeLimitError extends Error {}

/** Rejects with TimeLimitError after `limitMs`; what it waited for goes on by itself. */
async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(`${what} took over ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Holds the shared browser, and starts it again after a test that hung or killed it. */
export class BrowserSession {
  private browser: Browser | null = null;
  constructor(
    private readonly baseUrl: string,
    private readonly headless: boolean,
  ) {}

  /** Runs a test; resolves to null, or to what went wrong. */
  async run(test: BrowserTest): Promise<string | null> {
    const closers: (() => Promise<void>)[] = [];
    const pageErrors: string[] = [];
    let complaint: string | null = null;
    try {
      const context = this.contextOf(await this.sharedBrowser(), closers, pageErrors);
      await within(test.run(context), test.timeoutMs ?? TEST_TIMEOUT_MS, 'The test');
    } catch (error) {
      complaint = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (error instanceof TimeLimitError) {
        complaint = error.message;
        closers.push(() => this.close());
      }
    }
    for (const close of closers.reverse()) await within(close(), CLOSE_TIMEOUT_MS, 'Closing').catch(() => {});
    if (complaint !== null || pageErrors.length > 0)
      return [complaint, ...pageErrors].filter(Boolean).join('\n');
    return null;
  }

  async close(): Promise<void> {
    const browser = this.browser;
    this.browser = null;
    if (browser) await within(browser.close(), CLOSE_TIMEOUT_MS, 'Closing the browser').catch(() => {});
  }

  private async sharedBrowser(): Promise<Browser> {
    if (!this.browser?.isConnected()) {
      this.browser = await launchChromium({ adapter: 'swiftshader', headless: this.headless });
    }
    return this.browser;
  }

  private contextOf(
    browser: Browser,
    closers: (() => Promise<void>)[],
    pageErrors: string[],
  ): BrowserTestContext {
    const consoleErrors: string[] = [];
    const allowed: RegExp[] = [];
    const complain = (text: string) => {
      if (!allowed.some((pattern) => pattern.test(text))) pageErrors.push(text);
    };
    const watch = (page: Page) => {
      page.on('pageerror', (error) => complain(`Uncaught in the page: ${error.stack ?? error.message}`));
      page.on('crash', () => complain('The page crashed.'));
      page.on('console', (message) => {
        if (message.type() === 'error') consoleErrors.push(`${message.text()} (${message.location().url})`);
      });
    };
    return {
      baseUrl: this.baseUrl,
      browser,
      assert: browserAssert,
      consoleErrors,
      watch,
      allowPageErrors: (pattern) => void allowed.push(pattern),
      newPage: async (query = '') => {
        const context = await browser.newContext();
        closers.push(() => context.close());
        const page = await context.newPage();
        watch(page);
        await page.goto(this.baseUrl + query);
        return page;
      },
      launch: this.launcher(closers),
    };
  }

  private launcher(closers: (() => Promise<void>)[]): BrowserTestContext['launch'] {
    return (async (options: Parameters<typeof launchChromium>[0]) => {
      const launched: Browser | BrowserContext = await launchChromium({
        headless: this.headless,
        ...options,
      });
      closers.push(() => launched.close());
      return launched;
    }) as BrowserTestContext['launch'];
  }
}
