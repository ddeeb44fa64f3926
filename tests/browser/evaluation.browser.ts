// The view Evaluation as a user uses it, on a tiny run: suites explained, the plane, the gap in words.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** A whole run in seconds; stage 2 has enough iterations to speak of a gap. */
const TINY_RUN =
  '?v=2&preset=smoke&sft_steps=30&heads_steps=10&heads_examples=200&heads_holdout=20&stage1_steps=2&stage2_steps=6&prompts_per_step=4&group_size=4&eval_samples=10';

async function train(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done', null, {
    timeout: 180_000,
  });
}

test('evaluation: suites explained, the plane, and the gap in words', async ({ newPage }) => {
  test.setTimeout(240_000);
  const page = await newPage(TINY_RUN);
  await train(page);
  await page.getByRole('link', { name: 'Evaluation' }).click();
  await page.getByRole('button', { name: 'Help on situational, twin accuracy' }).click();
  await page.getByText('Mirrors at small scale: MSSBench.').first().waitFor();

  const scores = page.locator('table.evaluation');
  const sampled = await scores.innerText();
  await page.getByLabel('Answers').first().selectOption({ label: 'greedy' });
  await expect.poll(() => scores.innerText()).not.toBe(sampled);

  const plane = page.getByRole('region', { name: 'Safety vs helpfulness' });
  const picture = plane.locator('.plane svg');
  await picture.waitFor();
  const marks = plane.locator('.plane .plane-mark');
  await page.waitForFunction(() => document.querySelectorAll('.plane .plane-mark').length === 6);
  await plane.getByRole('checkbox', { name: 'greedy too' }).check();
  await page.waitForFunction(() => document.querySelectorAll('.plane .plane-mark').length === 12);
  await plane.getByRole('checkbox', { name: 'greedy too' }).uncheck();
  await plane.getByRole('checkbox', { name: /released: qwen-mini/ }).uncheck();
  await page.waitForFunction(() => document.querySelectorAll('.plane .plane-mark').length === 3);
  expect(await marks.count()).toBe(3);
  await plane.getByLabel('y axis').selectOption({ label: 'held-out attacks answered safely' });
  expect((await picture.getAttribute('aria-label')) ?? '').toMatch(/held-out attacks answered safely/);
  await plane.getByText('As a table').click();
  expect(await plane.getByRole('row').count()).toBe(4);

  const goodhart = page.getByRole('region', { name: 'Gold against proxy' });
  await goodhart.getByText(/Stage 1: 2 of the 6 iterations/).waitFor();
  await goodhart.getByText(/Stage 2: the gap (stayed|grew|shrank|fell)/).waitFor();
  expect(await page.locator('.alert').count()).toBe(0);
});
