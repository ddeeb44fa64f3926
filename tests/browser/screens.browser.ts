// Screens and papers that are not a desktop's: low windows, print, forced colours, a page opened as a file.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from './fixtures.ts';

test('CASES 29: in low windows no field that has the focus lies behind the head', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=smoke');
  await page.getByRole('button', { name: 'Start' }).waitFor();
  for (const [width, height] of [
    [640, 360],
    [320, 256],
  ] as const) {
    await page.setViewportSize({ width, height });
    const covered = await page.evaluate(() => {
      const fields = [...document.querySelectorAll<HTMLElement>('#settings :is(input, select, button)')];
      return fields
        .filter((field) => field.checkVisibility() && !field.matches(':disabled'))
        .filter((field) => {
          field.focus();
          const { left, top, width, height } = field.getBoundingClientRect();
          const seen = document.elementFromPoint(left + width / 2, top + height / 2);
          return !(seen && (field.contains(seen) || seen.contains(field)));
        })
        .map((field) => field.id || field.textContent);
    });
    expect(covered, `${width}x${height}`).toEqual([]);
  }
});

test('CASES 29: printed from the dark, every chart is drawn, in light colours and without controls', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&preset=smoke&sft_steps=20000');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) > 2);
  await page.evaluate(() => {
    for (const group of document.querySelectorAll('details')) group.open = true;
  });
  const counts = () =>
    page.evaluate(() => [
      document.querySelectorAll('.chart-plot').length,
      document.querySelectorAll('.chart-plot canvas').length,
    ]);
  const [charts, drawn] = await counts();
  expect(drawn).toBeLessThan(charts ?? 0);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  expect(await counts()).toEqual([charts, charts]);
  const inkOf = () => page.evaluate(() => getComputedStyle(document.body).color);
  expect(await inkOf()).toBe('rgb(27, 31, 39)');
  expect(await page.getByRole('button').count()).toBe(0);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await inkOf()).toBe('rgb(233, 236, 241)');
});

test('CASES 29: opened as a file, the page says how to serve it', async ({ newPage, allowPageErrors }) => {
  allowPageErrors(/file:/);
  const page = await newPage(pathToFileURL(resolve('dist/index.html')).href);
  await page.getByText('Opened as a file it cannot: serve its folder with npm start').waitFor();
});

test('CASES 29: in forced colours the view on show has a line of its own', async ({ newPage }) => {
  const page = await newPage();
  await page.emulateMedia({ forcedColors: 'active' });
  const outlines = await page
    .getByRole('navigation')
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => getComputedStyle(link).outlineStyle));
  expect(outlines.filter((style) => style === 'solid')).toHaveLength(1);
});

test('CASES 25: the page declares that it is not to be translated', async ({ newPage }) => {
  const page = await newPage();
  expect(await page.evaluate(() => document.documentElement.translate)).toBe(false);
  await expect(page.locator('meta[name=google]')).toHaveAttribute('content', 'notranslate');
});
