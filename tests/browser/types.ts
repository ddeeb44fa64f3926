// What a browser test is, and what it is given.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ChromiumOptions } from '../../src/tooling/chromium.ts';
import type { BrowserAssert } from './assert.ts';

/** A test file `tests/browser/NAME.browser.ts` exports `tests: BrowserTest[]`. */
export type BrowserTest = {
  name: string;
  /** Default 120 000. */
  timeoutMs?: number;
  run(context: BrowserTestContext): Promise<void>;
};

export type BrowserTestContext = {
  /** Address of the built page, with a slash at the end. */
  readonly baseUrl: string;
  /** The shared browser, with the SwiftShader adapter. */
  readonly browser: Browser;
  readonly assert: BrowserAssert;
  /**
   * Opens the page in a fresh context (storage of its own), e.g. `newPage('?preset=smoke')`, and watches it.
   * The runner closes it.
   */
  newPage(query?: string): Promise<Page>;
  /** Watches a page that the test opened itself: an uncaught error in it, or in its workers, fails the test. */
  watch(page: Page): void;
  /** Starts another browser (adapter, persistent storage); watch its pages. The runner closes it. */
  launch(options: ChromiumOptions & { persistentDir: string }): Promise<BrowserContext>;
  launch(options: ChromiumOptions): Promise<Browser>;
  /** Uncaught errors whose text matches are expected and do not fail the test. */
  allowPageErrors(pattern: RegExp): void;
  /** What watched pages wrote with console.error (and what the browser reported there), so far. */
  readonly consoleErrors: readonly string[];
};
