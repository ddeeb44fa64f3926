// What a browser test is given: pages in storage of their own, other browsers, and a watch over everything that goes wrong in a page.

import { type Browser, type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type ChromiumOptions, launchChromium } from '../../src/tooling/chromium.ts';

export { expect } from '@playwright/test';

/** Starts another browser (adapter, persistent storage); watch its pages. It is closed after the test. */
export type Launch = {
  (options: ChromiumOptions & { persistentDir: string }): Promise<BrowserContext>;
  (options: ChromiumOptions): Promise<Browser>;
};

type Fixtures = {
  /** Address of the built page, with a slash at the end. */
  baseUrl: string;
  /** What watched pages wrote with console.error (and what the browser reported there), so far. */
  consoleErrors: string[];
  /** What went wrong in watched pages; the test fails on it in the end. */
  complaints: { texts: string[]; allowed: RegExp[] };
  /** Complaints whose text matches are expected. */
  allowPageErrors: (pattern: RegExp) => void;
  /** Watches a page that the test opened itself: its uncaught errors, those of its workers, and requests that leave this machine. */
  watch: (page: Page) => void;
  /**
   * Opens an address, relative to the built page, in a fresh context (storage of its own), and watches it. Its service worker is
   * blocked unless asked for: to keep the whole page takes each context a second.
   */
  newPage: (address?: string, serviceWorkers?: 'allow' | 'block') => Promise<Page>;
  launch: Launch;
};

const HERE = /^(https?:\/\/(127\.0\.0\.1|localhost)[:/]|blob:|data:)/;

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: fixtures are named by destructuring.
  baseUrl: async ({}, use) => {
    const url = process.env.COSMO_PAGE_URL;
    if (url === undefined) throw new Error('No page is served: see serveBuiltPage.ts.');
    await use(url);
  },
  // biome-ignore lint/correctness/noEmptyPattern: fixtures are named by destructuring.
  consoleErrors: async ({}, use) => use([]),
  complaints: [
    // biome-ignore lint/correctness/noEmptyPattern: fixtures are named by destructuring.
    async ({}, use) => {
      const complaints = { texts: [] as string[], allowed: [] as RegExp[] };
      await use(complaints);
      const { texts, allowed } = complaints;
      const left = texts.filter((text) => !allowed.some((pattern) => pattern.test(text)));
      expect(left, 'nothing goes wrong in the pages').toEqual([]);
    },
    { auto: true },
  ],
  allowPageErrors: async ({ complaints }, use) => use((pattern) => void complaints.allowed.push(pattern)),
  watch: async ({ complaints, consoleErrors }, use) => {
    const complain = (text: string) => void complaints.texts.push(text);
    await use((page) => {
      page.on('pageerror', (error) => complain(`Uncaught in the page: ${error.stack ?? error.message}`));
      page.on('crash', () => complain('The page crashed.'));
      page.on('request', (request) => {
        if (!HERE.test(request.url())) complain(`The page asks for ${request.url()}.`);
      });
      page.on('console', (message) => {
        if (message.type() === 'error') consoleErrors.push(`${message.text()} (${message.location().url})`);
      });
    });
  },
  newPage: async ({ browser, baseUrl, watch }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (address = '', serviceWorkers = 'block') => {
      const context = await browser.newContext({ serviceWorkers });
      contexts.push(context);
      const page = await context.newPage();
      watch(page);
      await page.goto(new URL(address, baseUrl).href);
      return page;
    });
    for (const context of contexts) await context.close();
  },
  launch: async ({ headless }, use) => {
    const launched: (Browser | BrowserContext)[] = [];
    await use((async (options: ChromiumOptions) => {
      const one = await launchChromium({ headless, ...options });
      launched.push(one);
      return one;
    }) as Launch);
    for (const one of launched.reverse()) await one.close();
  },
});
