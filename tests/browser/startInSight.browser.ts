// What a user sees of a run that he starts: its stages and figures from the first moment, wherever he was on the view Train.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const PHONE = { width: 360, height: 740 };

/** Long enough that no test sees its end. */
const LONG_RUN = '?v=2&preset=smoke&sft_steps=20000';

/** Whether all of the first element of each selector is below the head and above the lower end of the window. */
function inSight(page: Page, selectors: readonly string[]): Promise<boolean> {
  return page.evaluate((wanted) => {
    const head = document.querySelector('.page-head')?.getBoundingClientRect().bottom ?? 0;
    return wanted.every((selector) => {
      const place = document.querySelector(selector)?.getBoundingClientRect();
      return place !== undefined && place.top >= head && place.bottom <= innerHeight;
    });
  }, selectors);
}

async function waitForCharts(page: Page): Promise<void> {
  await page.locator('.phase', { hasText: 'running' }).waitFor();
  await page.locator('.curve-group .chart').first().waitFor({ state: 'attached' });
}

async function toTheEnd(page: Page): Promise<void> {
  // The page grows while its parts load.
  await page.waitForFunction(() => {
    scrollTo(0, document.documentElement.scrollHeight);
    return scrollY > 300;
  });
}

test('on a phone, a run of the opening is in sight with attack and figures, and stays so while charts appear', async ({
  newPage,
}) => {
  const page = await newPage();
  await page.setViewportSize(PHONE);
  await page.locator('.opening .pinned.large .chip').nth(1).waitFor();
  await page.getByRole('button', { name: /Make it safe/ }).click();
  await page.locator('.run-stage .figure', { hasText: '%' }).nth(1).waitFor({ state: 'attached' });
  await waitForCharts(page);
  expect(
    await inSight(page, ['#run-stage-title', '.pinned.large', '.stage-figures .figure']),
    'the attack with its answers and the first figures are in sight',
  ).toBeTruthy();
});

test('a user who moves on while the run of the opening begins stays where he is', async ({ newPage }) => {
  const page = await newPage();
  await page.setViewportSize(PHONE);
  await page.locator('.opening .pinned.large .chip').nth(1).waitFor();
  const button = page.getByRole('button', { name: /Make it safe/ });
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const title = await page.locator('#settings-title').elementHandle();
  await page.evaluate(() => scrollTo(0, 0));
  const moved = await button.evaluate((element, settings) => {
    (element as HTMLElement).click();
    settings?.scrollIntoView();
    return settings?.getBoundingClientRect().top ?? 0;
  }, title);
  await waitForCharts(page);
  // The head may have grown over it: where it stands in the window is what counts.
  const now = await page.locator('#settings-title').evaluate((each) => each.getBoundingClientRect().top);
  expect(Math.abs(now - moved) < 5, `the settings stand where they stood: ${now}, ${moved}`).toBeTruthy();
});

test('Start shows the run on a narrow screen, and moves nothing on a wide one', async ({ newPage }) => {
  const page = await newPage(LONG_RUN);
  const start = page.getByRole('button', { name: 'Start', exact: false }).first();
  await page.setViewportSize({ width: 1200, height: 500 });
  await toTheEnd(page);
  await start.click();
  await waitForCharts(page);
  expect((await page.evaluate(() => scrollY)) > 0, 'nothing jumps on a wide screen').toBeTruthy();
  await page.getByRole('button', { name: 'New run' }).click();
  await page.locator('.opening').waitFor({ state: 'attached' });
  await page.setViewportSize(PHONE);
  await toTheEnd(page);
  await start.click();
  await waitForCharts(page);
  expect(await inSight(page, ['#run-stage-title', '.pinned.large']), 'the stage is in sight').toBeTruthy();
});
