// The same walk through the page in each browser.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@playwright/test';
import { servePage } from '../../src/tooling/serve.ts';
import { chromium, firefox } from './puppeteerBrowser.ts';
import { STEPS } from './steps.ts';
import type { Launcher } from './tab.ts';
import { webkit } from './webkitBrowser.ts';

const BROWSERS: { readonly [title: string]: Launcher } = {
  Chromium: chromium,
  'Firefox ESR': firefox,
  WebKitGTK: webkit,
};

for (const [title, launch] of Object.entries(BROWSERS)) {
  test(`the walk in ${title}`, async () => {
    const downloads = mkdtempSync(join(tmpdir(), 'cosmo-walk-'));
    const server = await servePage();
    const browser = await launch(downloads);
    try {
      const walk = { url: server.url, browser, tab: await browser.newTab() };
      for (const { name, take } of STEPS) {
        const start = performance.now();
        const seen = await test.step(name, () => take(walk));
        console.log(`${title}: ${name}: ${seen} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
      }
    } finally {
      await browser.close();
      await server.close();
      rmSync(downloads, { recursive: true });
    }
  });
}
