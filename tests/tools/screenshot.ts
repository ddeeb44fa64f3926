// Pictures of the built page, light and dark, at three widths, to look at:
//   npx tsx tests/tools/screenshot.ts FOLDER [--query v=2&preset=smoke] [--run] [--until SECONDS]
// With --run a run is started first, and the pictures are taken when it ends or after SECONDS (default 60).

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
// Brings the type of `window.cosmo`.
import type {} from '../../src/protocol/automation.ts';
import { launchChromium } from '../../src/tooling/chromium.ts';
import { servePage } from '../../src/tooling/serve.ts';

const SIZES = {
  1280: { width: 1280, height: 800 },
  1920: { width: 1920, height: 1080 },
  390: { width: 390, height: 844 },
} as const;
const SCHEMES = ['light', 'dark'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    query: { type: 'string', default: '' },
    run: { type: 'boolean', default: false },
    until: { type: 'string', default: '60' },
  },
});
const folder = positionals[0];
if (folder === undefined) throw new Error('Name the folder for the pictures.');
mkdirSync(folder, { recursive: true });

/** Starts a run with the settings of the form and waits for its end, at most `untilMs`. */
async function trainAwhile(page: Page, untilMs: number): Promise<void> {
  await page.evaluate(async (limitMs) => {
    const cosmo = window.cosmo;
    if (!cosmo) throw new Error('The page has no automation.');
    await cosmo.ready();
    const over = new Promise<void>((resolve) => {
      setTimeout(resolve, limitMs);
      cosmo.subscribe(
        (events) => {
          for (const event of events)
            if (event.kind === 'status' && ['done', 'failed', 'stopped'].includes(event.phase)) resolve();
        },
        ['status'],
      );
    });
    const preset = new URLSearchParams(location.search).get('preset') ?? '';
    await cosmo.start({ settings: cosmo.settings(), preset, name: 'screenshot' });
    await over;
  }, untilMs);
}

const server = await servePage();
const browser = await launchChromium({ adapter: 'none' });
const page = await browser.newPage({ viewport: SIZES[1280] });
page.on('console', (message) => console.log(`${message.type()}: ${message.text()}`));
page.on('pageerror', (error) => console.log(`error: ${error.message}`));
await page.goto(`${server.url}?${values.query}`);
await page.waitForFunction(() => window.cosmo !== undefined);
if (values.run) await trainAwhile(page, Number(values.until) * 1000);
await page.waitForTimeout(500);
for (const [sizeName, size] of Object.entries(SIZES)) {
  for (const colorScheme of SCHEMES) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(200);
    // Charts draw while they are in sight: bring all of the page into sight.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...size, height });
    await page.waitForTimeout(600);
    const path = join(folder, `${sizeName}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    console.log(`${path}${overflow > 0 ? ` (${overflow} px too wide)` : ''}`);
  }
}
await browser.close();
await server.close();
