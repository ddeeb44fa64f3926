// The form keeps what was set by hand, and starts nothing with a field that is not in order.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const TINY = '?v=2&preset=smoke&sft_steps=20000';

function field(page: Page, label: string) {
  // A unit may stand behind it.
  return page.getByLabel(new RegExp(`^${label}( \\(.*\\))?$`));
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await field(page, label).fill(text);
  await field(page, label).press('Tab');
}

test('another preset keeps what was set by hand; what it sets itself is named and can be taken back', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&preset=smoke&sft_steps=30&epochs=3');
  await field(page, 'Algorithm').selectOption({ label: 'GRPO' });
  expect(new URL(page.url()).search).toBe('?v=2&preset=smoke+grpo&sft_steps=30&epochs=3');
  expect(await page.locator('.alert').count()).toBe(0);
  await field(page, 'Failure on purpose').selectOption('pg-collapse');
  await page.locator('.alert', { hasText: '4 instead of 3' }).waitFor();
  expect(new URL(page.url()).search).toBe('?v=2&preset=smoke+grpo+pg-collapse&sft_steps=30');
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(new URL(page.url()).search).toBe('?v=2&preset=smoke+grpo&sft_steps=30&epochs=3');
});

test('refuses to start with a field that is not in order, and moves the focus to it', async ({ newPage }) => {
  const page = await newPage(TINY);
  const hasFocus = (label: string) =>
    page.waitForFunction(
      (text) =>
        (document.activeElement as HTMLInputElement | null)?.labels?.[0]?.textContent?.startsWith(text),
      label,
    );
  const refused = page.locator('.alert.error', { hasText: 'Nothing was started' });
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  await type(page, 'Seed', '-1');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await refused.locator('strong', { hasText: '“Seed” cannot be “-1”' }).waitFor();
  await hasFocus('Seed');
  await type(page, 'Seed', '');
  await page.getByRole('button', { name: /Train from scratch/ }).click();
  await refused.locator('strong', { hasText: '“Seed” cannot be empty' }).waitFor();
  expect(await refused.count()).toBe(1);
  await hasFocus('Seed');
  await type(page, 'Seed', '3');
  // In a folded group, from another view, by the key.
  await page.locator('summary', { hasText: 'Supervised fine-tuning' }).click();
  await type(page, 'Steps', 'abc');
  await page.locator('summary', { hasText: 'Supervised fine-tuning' }).click();
  await page.evaluate(() => {
    location.hash = 'device';
  });
  await page.locator('main.device').waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Space');
  await refused.locator('strong', { hasText: '“Steps (Supervised fine-tuning)” cannot be “abc”' }).waitFor();
  await hasFocus('Steps');
  expect(await page.locator('.phase').textContent()).toBe('ready');
  expect(await field(page, 'Steps').inputValue()).toBe('abc');
  await type(page, 'Steps', '20000');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'running');
  expect(await refused.count()).toBe(0);
});
