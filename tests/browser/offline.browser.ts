// The page without a network: opened once, it opens and trains again after its server is gone; and it is isolated then.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { plainHost } from './plainHost.ts';

/** Resolves once the service worker has kept every file and serves the page. */
function controlled(page: Page): Promise<unknown> {
  return page.waitForFunction(() => navigator.serviceWorker?.controller?.state === 'activated');
}

test('opens and trains from a sub-path of a plain host, and again after the host is gone', async ({
  browser,
  watch,
  allowPageErrors,
}) => {
  const host = await plainHost();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    watch(page);
    await page.goto(`${host.url}?v=2&preset=smoke&sft_steps=20000`);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await controlled(page);
    const outside = host.asked.filter((path) => !path.startsWith('/deep/er/'));
    expect(outside).toEqual([]);
    await host.close();
    allowPageErrors(/Failed to load resource|ERR_CONNECTION_REFUSED/);
    await page.reload();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) > 2);
    await page.getByRole('link', { name: 'Evaluation' }).click();
    await page.getByRole('heading', { name: 'Evaluation', exact: true }).waitFor();
  } finally {
    await context.close();
    await host.close().catch(() => undefined);
  }
});
