// The same walk through the page in each browser, and the table of what it showed.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { servePage } from '../../src/tooling/serve.ts';
import { writeWhole } from '../../src/tooling/wholeFile.ts';
import { LIFE_STEPS } from './lifeSteps.ts';
import { faultsOf } from './page.ts';
import { chromium, firefox } from './puppeteerBrowser.ts';
import { RUN_STEPS } from './runSteps.ts';
import type { Launcher } from './tab.ts';
import { browsersMarkdown, sameTable, type Walked } from './table.ts';
import { RUN, type Walk } from './walk.ts';
import { webkit } from './webkitBrowser.ts';

const BROWSERS: { readonly [title: string]: Launcher } = {
  Chromium: chromium,
  'Firefox ESR': firefox,
  WebKitGTK: webkit,
};
const STEPS = [...RUN_STEPS, ...LIFE_STEPS];
const TABLE = 'docs/BROWSERS.md';
/** Away from those of `npm start` and of the browser tests. */
const PORT = 4373;

const walked: Walked[] = [];
let digest = '';

test.beforeAll('the run from the command line', () => {
  const out = mkdtempSync(join(tmpdir(), 'cosmo-walk-'));
  const flags = Object.entries(RUN).flatMap(([key, value]) => [`--${key.replaceAll('_', '-')}`, value]);
  execFileSync(process.execPath, ['src/cli/bootstrap.mjs', 'train', ...flags, '--out', out]);
  digest = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).digest;
  rmSync(out, { recursive: true });
});

async function take(walk: Walk): Promise<Map<string, string>> {
  const cells = new Map<string, string>();
  for (const { name, take } of STEPS) {
    await test.step(name, async () => {
      const start = performance.now();
      cells.set(name, await take(walk));
      expect(await faultsOf(walk.tab), 'nothing goes wrong in the page').toEqual([]);
      console.log(`${name}: ${cells.get(name)} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    });
  }
  return cells;
}

for (const [title, launch] of Object.entries(BROWSERS)) {
  test(`the walk in ${title}`, async () => {
    const downloads = mkdtempSync(join(tmpdir(), 'cosmo-walk-'));
    const server = await servePage({ port: PORT });
    const browser = await launch(downloads);
    const walk = { server, browser, tab: await browser.newTab(), downloads, digest };
    try {
      walked.push({ title, version: browser.version, cells: await take(walk) });
    } catch (error) {
      await walk.tab.screenshot(test.info().outputPath('page.png'));
      throw error;
    } finally {
      await browser.close();
      await server.close().catch(() => undefined);
      rmSync(downloads, { recursive: true });
    }
  });
}

test(`${TABLE} is what the walks showed`, () => {
  test.skip(walked.length < Object.keys(BROWSERS).length, 'A walk before it failed or was left out.');
  const table = browsersMarkdown(walked);
  const current = existsSync(TABLE) && sameTable(table, readFileSync(TABLE, 'utf8'));
  if (!current) writeWhole(TABLE, table);
  expect(current, `${TABLE} was not current and is written anew: read it, and commit it`).toBe(true);
});
