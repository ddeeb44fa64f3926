// What stands in fields is not cut off, and what appears moves nothing else: on a wide screen and on a phone.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const WIDTHS = [1280, 360];

/** Choices and placeholders that need more room than their field has, each with both widths. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const cut: string[] = [];
    for (const select of document.querySelectorAll<HTMLSelectElement>('.preset select, .way select')) {
      const twin = select.cloneNode(true) as HTMLSelectElement;
      twin.style.cssText = 'position: absolute; width: max-content; visibility: hidden';
      document.body.append(twin);
      const [needs, has] = [twin.offsetWidth, select.offsetWidth];
      twin.remove();
      if (needs > has) cut.push(`${select.selectedOptions[0]?.text}: ${needs} of ${has}`);
    }
    const pen = document.createElement('canvas').getContext('2d');
    for (const field of document.querySelectorAll<HTMLInputElement>('input[placeholder]')) {
      if (!pen || field.offsetWidth === 0) continue;
      const style = getComputedStyle(field);
      pen.font = `${style.fontSize} ${style.fontFamily}`;
      const needs = Math.ceil(pen.measureText(field.placeholder).width);
      const has =
        field.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      if (needs > has) cut.push(`${field.placeholder}: ${needs} of ${has}`);
    }
    return cut;
  });
}

test('presets and placeholders are not cut off', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=quick+pg-collapse');
  await page.locator('.opening .pinned').first().waitFor();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Reset the preset of failure on purpose' }).waitFor();
    expect(await cutOff(page), `Train, ${width} px`).toEqual([]);
  }
});

test('the filter of the runs is not cut off', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=smoke&stages=sft&sft_steps=1&evaluate=false');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done');
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByLabel('Filter').waitFor();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    expect(await cutOff(page), `Runs, ${width} px`).toEqual([]);
  }
});

test('a link that is copied moves nothing beside its button', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=smoke&seed=8');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const others = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('#settings .card-head > *')].map((each) => {
        const { left, top, width } = each.getBoundingClientRect();
        return [left, top, width];
      }),
    );
  await page.getByRole('button', { name: 'Reset all (1)' }).waitFor();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const before = await others();
    await page.getByRole('button', { name: /^Copy link/ }).click();
    await page.locator('#settings .copied').waitFor();
    const after = await others();
    // A click may scroll the page.
    const moved = (after[0]?.[1] ?? 0) - (before[0]?.[1] ?? 0);
    expect(after.map(([left = 0, top = 0, wide = 0]) => [left, Math.round(top - moved), wide])).toEqual(
      before.map(([left = 0, top = 0, wide = 0]) => [left, Math.round(top), wide]),
    );
    await page.locator('#settings .copied').waitFor({ state: 'detached' });
  }
});
