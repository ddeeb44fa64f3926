// Browsers as hosts of contestants: one browser process each, so that what one leaves on its adapter's queue ends with it.

import type { Browser, Page } from 'playwright-core';
import type { BenchHost } from './run.ts';
import type { BenchSize } from './task.ts';
import type { AdapterKind, Partial, Peak, Reply } from './types.ts';

/** What is found out about a browser before anything is measured; `engine` is what `auto` takes. */
export type HostFacts = {
  /** Threads of our wasm engine. */
  wasmThreads: number;
  webgpu: string;
  webgl: string;
  engine: string;
  reason: string;
  isolated: boolean;
  browser: string;
};

const PEAK_CAP_MS = 60_000;
const ABOUT_CAP_MS = 60_000;
const NOTHING: Partial = { phase: null, phases: {}, tokens: 0 };

/** Arguments as they go into the page. */
type PageCall = [name: 'run', args: unknown[], capMs: number];

/** Contestants on one adapter. Calls on one key go to one browser, started by the first of them. */
export class PageHost implements BenchHost {
  private readonly open = new Map<string, Promise<{ browser: Browser; page: Page }>>();
  private readonly aborted: Promise<void>;
  /** Ends the call that runs, and all later ones at once. */
  abort: () => void = () => undefined;

  constructor(
    readonly adapter: AdapterKind,
    private readonly launch: () => Promise<Browser>,
    private readonly url: string,
  ) {
    this.aborted = new Promise((resolve) => {
      this.abort = resolve;
    });
  }

  async call<T>(key: string, name: string, args: readonly unknown[], capMs: number): Promise<Reply<T>> {
    const from = performance.now();
    const ask = async (): Promise<Reply<unknown>> => {
      const { page } = await this.opened(key);
      const call: PageCall = [name as 'run', [...args], capMs];
      return page.evaluate(([n, a, cap]) => window.bench.call(n, a, cap), call);
    };
    const answer = ask().catch((error: Error): Reply<unknown> => ({ kind: 'failed', error: error.message }));
    const cut = this.aborted.then(
      (): Reply<unknown> => ({ kind: 'over-cap', ms: performance.now() - from, partial: NOTHING }),
    );
    const reply = await Promise.race([answer, cut]);
    if (reply.kind !== 'done') await this.end(key);
    return reply as Reply<T>;
  }

  async end(key: string): Promise<void> {
    const opened = this.open.get(key);
    this.open.delete(key);
    await opened?.then(({ browser }) => browser.close()).catch(() => undefined);
  }

  async close(): Promise<void> {
    for (const key of [...this.open.keys()]) await this.end(key);
  }

  async about(size: BenchSize): Promise<HostFacts> {
    const { browser, page } = await this.opened('about');
    const own = {
      browser: `Chromium ${browser.version()}`,
      isolated: await page.evaluate(() => window.bench.isolated),
    };
    type Facts = Omit<HostFacts, 'browser' | 'isolated'>;
    const reply = await this.call<Facts>('about', 'about', [size], ABOUT_CAP_MS);
    await this.end('about');
    if (reply.kind === 'done') return { ...reply.value, ...own };
    const reason = reply.kind === 'failed' ? reply.error : 'no answer';
    return { webgpu: 'unknown', webgl: 'unknown', engine: 'wasm', reason, wasmThreads: 1, ...own };
  }

  /** The measured peaks of the processor or of the adapter; none where they cannot be had. */
  async peaks(adapter: AdapterKind, threads: number): Promise<Peak[]> {
    const reply = await this.call<Peak[]>('peaks', 'peaks', [adapter, threads], PEAK_CAP_MS);
    await this.end('peaks');
    return reply.kind === 'done' ? reply.value : [];
  }

  private opened(key: string): Promise<{ browser: Browser; page: Page }> {
    const known = this.open.get(key);
    if (known) return known;
    const opening = this.start();
    this.open.set(key, opening);
    return opening;
  }

  private async start(): Promise<{ browser: Browser; page: Page }> {
    const browser = await this.launch();
    const page = await browser.newPage();
    await page.goto(this.url);
    await page.waitForFunction(() => 'bench' in window);
    return { browser, page };
  }
}
