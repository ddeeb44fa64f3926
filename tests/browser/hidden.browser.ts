// A tab that nobody looks at: a run goes on in it, survives the sleep of the computer, and is up to date when it is shown.

import { createServer } from 'node:net';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { BrowserTest, BrowserTestContext } from './types.ts';

/** Long enough that no test sees its end. */
const LONG_RUN = '?v=1&preset=smoke&sft_steps=20000';
/** Steps that a hidden tab must do. */
const HIDDEN_STEPS = 20;
/** A frozen page is watched for so long. */
const SLEEP_MS = 1500;
const PATIENCE_MS = 60_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/** Tabs of a browser that hides those in the background, as a user's does: automation makes every tab believe that it is seen. */
async function visitorsTabs({ launch }: BrowserTestContext): Promise<BrowserContext> {
  const port = await freePort();
  await launch({
    adapter: 'swiftshader',
    throttlesHidden: true,
    args: [`--remote-debugging-port=${port}`],
  });
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  const [tabs] = browser.contexts();
  if (!tabs) throw new Error('The browser has no context of its own.');
  return tabs;
}

// Playwright's own waiting counts animation frames, and a hidden page has none.
const stepOf = (page: Page) =>
  page.evaluate(() => Number(document.querySelector('.counter b')?.textContent ?? 0));
const phaseOf = (page: Page) => page.evaluate(() => document.querySelector('.phase')?.textContent);
const isHidden = (page: Page) => page.evaluate(() => document.hidden);

export const tests: BrowserTest[] = [
  {
    name: 'a run goes on while its tab is hidden or has slept; shown again, the tab is up to date',
    timeoutMs: 240_000,
    async run(context) {
      const { assert, baseUrl, watch } = context;
      const tabs = await visitorsTabs(context);
      const page = await tabs.newPage();
      watch(page);
      await page.goto(baseUrl + LONG_RUN);
      await page.getByRole('button', { name: 'Start' }).click();
      const chart = page.getByRole('figure', { name: 'SFT loss' });
      await chart.scrollIntoViewIfNeeded();
      const newest = chart.locator('.u-legend .u-value').first();
      await assert.eventually(async () => (await stepOf(page)) > 0, 'the run starts', PATIENCE_MS);
      await newest.waitFor();

      const other = await tabs.newPage();
      await other.bringToFront();
      await assert.eventually(() => isHidden(page), 'the tab is hidden');
      const before = await stepOf(page);
      await assert.eventually(
        async () => (await stepOf(page)) >= before + HIDDEN_STEPS,
        'the run goes on in the hidden tab',
        PATIENCE_MS,
      );

      const devTools = await tabs.newCDPSession(page);
      await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
      const asleep = await stepOf(page);
      await other.waitForTimeout(SLEEP_MS);
      assert.equal(await stepOf(page), asleep, 'a frozen page does nothing');
      await devTools.send('Page.setWebLifecycleState', { state: 'active' });
      await assert.eventually(
        async () => (await stepOf(page)) > asleep,
        'the run goes on after the sleep',
        PATIENCE_MS,
      );
      assert.ok(await isHidden(page), 'the tab is still hidden');

      await page.bringToFront();
      await assert.eventually(async () => !(await isHidden(page)), 'the tab is shown');
      await page.getByRole('button', { name: 'Pause' }).last().click();
      await assert.eventually(async () => (await phaseOf(page)) === 'paused', 'the run pauses', PATIENCE_MS);
      await assert.eventually(
        async () => Number(await newest.textContent()) === (await stepOf(page)),
        'the chart shows the newest step',
      );
      assert.ok((await stepOf(page)) > before + HIDDEN_STEPS, 'what was done in the dark counts');
      assert.equal(await page.locator('.alert').count(), 0);
    },
  },
];
