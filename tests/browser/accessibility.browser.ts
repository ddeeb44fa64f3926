// Every view under axe-core, with a run in it: light and dark, wide and narrow; and no view is wider than the window.

import type { Page } from '@playwright/test';
import { loadAxe, violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

/** A whole run in seconds. */
const TINY_RUN =
  '?v=2&preset=smoke&sft_steps=30&heads_steps=10&heads_examples=200&heads_holdout=20&stage1_steps=3&stage2_steps=3&eval_samples=10';

/** Everything that is folded, unfolded: what is hidden would not be looked at. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('main details')) details.setAttribute('open', '');
  });
}

test('every view is free of violations, light and dark, wide and narrow', async ({ newPage }) => {
  test.setTimeout(240_000);
  const page = await newPage(TINY_RUN);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done', null, {
    timeout: 120_000,
  });
  await loadAxe(page);
  const links = page.locator('nav.views a');
  const found: string[] = [];
  for (let i = 0; i < (await links.count()); i++) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await links.nth(i).click();
    const name = (await links.nth(i).textContent()) ?? '';
    await page.locator('main.view .card').first().waitFor();
    await unfold(page);
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 360],
      ['dark', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(100);
      const where = `${name}, ${colorScheme}, ${width} px`;
      found.push(...(await violations(page)).map((line) => `${where}: ${line}`));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) found.push(`${where}: wider than the window by ${overflow} px`);
    }
  }
  expect(found).toEqual([]);
});

test('the skip link moves the focus into the view, and changes neither view nor address', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&preset=smoke&seed=3#runs');
  await page.getByRole('heading', { name: /runs/i }).first().waitFor();
  const [address, entries] = [page.url(), await page.evaluate(() => history.length)];
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  expect(await focused()).toBe('Skip to the view');
  const box = await page.locator('a.skip').boundingBox();
  expect((box?.x ?? -1) >= 0, 'it is in sight while it has the focus').toBeTruthy();
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
  expect([page.url(), await page.evaluate(() => history.length)]).toEqual([address, entries]);
  expect(await page.locator('nav.views [aria-current="page"]').textContent()).toBe('Runs');
  await page.keyboard.press('Tab');
  expect(
    await page.evaluate(() => document.activeElement?.closest('main') !== null),
    'the next stop of the tab key is in the view',
  ).toBeTruthy();
});
