// A tab that nobody looks at: a run goes on in it, survives the sleep of the computer, and is up to date when it is shown.

import { createServer } from 'node:net';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { expect, type Launch, test } from './fixtures.ts';

/** Long enough that no test sees its end. */
const LONG_RUN = '?v=2&preset=smoke&sft_steps=20000';
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
async function visitorsTabs(launch: Launch): Promise<BrowserContext> {
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

test('a run goes on while its tab is hidden or has slept; shown again, the tab is up to date', async ({
  baseUrl,
  launch,
  watch,
}) => {
  test.setTimeout(240_000);
  const tabs = await visitorsTabs(launch);
  const page = await tabs.newPage();
  watch(page);
  await page.goto(baseUrl + LONG_RUN);
  await page.getByRole('button', { name: 'Start' }).click();
  const chart = page.getByRole('figure', { name: 'SFT loss' });
  await chart.scrollIntoViewIfNeeded();
  const newest = chart.locator('.u-legend .u-value').first();
  await expect
    .poll(async () => (await stepOf(page)) > 0, { message: 'the run starts', timeout: PATIENCE_MS })
    .toBeTruthy();
  await newest.waitFor();

  const other = await tabs.newPage();
  await other.bringToFront();
  await expect.poll(() => isHidden(page), 'the tab is hidden').toBeTruthy();
  const before = await stepOf(page);
  await expect
    .poll(async () => (await stepOf(page)) >= before + HIDDEN_STEPS, {
      message: 'the run goes on in the hidden tab',
      timeout: PATIENCE_MS,
    })
    .toBeTruthy();

  const devTools = await tabs.newCDPSession(page);
  await devTools.send('Page.setWebLifecycleState', { state: 'frozen' });
  const asleep = await stepOf(page);
  await other.waitForTimeout(SLEEP_MS);
  expect(await stepOf(page), 'a frozen page does nothing').toEqual(asleep);
  await devTools.send('Page.setWebLifecycleState', { state: 'active' });
  await expect
    .poll(async () => (await stepOf(page)) > asleep, {
      message: 'the run goes on after the sleep',
      timeout: PATIENCE_MS,
    })
    .toBeTruthy();
  expect(await isHidden(page), 'the tab is still hidden').toBeTruthy();

  await page.bringToFront();
  await expect.poll(async () => !(await isHidden(page)), 'the tab is shown').toBeTruthy();
  await page.getByRole('button', { name: 'Pause' }).last().click();
  await expect
    .poll(async () => (await phaseOf(page)) === 'paused', { message: 'the run pauses', timeout: PATIENCE_MS })
    .toBeTruthy();
  await expect
    .poll(
      async () => Number(await newest.textContent()) === (await stepOf(page)),
      'the chart shows the newest step',
    )
    .toBeTruthy();
  expect((await stepOf(page)) > before + HIDDEN_STEPS, 'what was done in the dark counts').toBeTruthy();
  expect(await page.locator('.alert').count()).toBe(0);
});
