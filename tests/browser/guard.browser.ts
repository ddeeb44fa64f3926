// The guard as a user meets it: a preset that is meant to fail, what the page says of it, and the way back.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** A bound that no policy keeps: the guard ends stage 1 at its second iteration, however little was learnt. */
const DOOMED =
  '?v=2&preset=smoke%2Bpg-collapse&sft_steps=30&heads_steps=10&heads_examples=200&heads_holdout=20&stages=sft,heads,stage1&stage1_steps=3&prompts_per_step=4&evaluate=false&guard_patience=2&guard_min_entropy=10';

async function phase(page: Page, wanted: string): Promise<void> {
  await page.waitForFunction((text) => document.querySelector('.phase')?.textContent === text, wanted, {
    timeout: 100_000,
  });
}

test('guard: a collapse is told with value and limit, also after a reload, and the run can be rewound', async ({
  newPage,
}) => {
  test.setTimeout(240_000);
  const page = await newPage(DOOMED);
  const presets = page.getByRole('group', { name: 'Preset' });
  await presets.getByText('Watch:').waitFor();
  await page.getByRole('button', { name: 'Start' }).click();
  await phase(page, 'failed');
  const card = page.getByRole('region', { name: 'What went wrong' });
  const seen = /Iteration 2 of Stage 1 \(step 42\): the entropy per token was [\d.]+, below the limit of 10/;
  await card.getByText(seen).waitFor();
  await card.getByText('What to change:').waitFor();

  await page.getByRole('button', { name: 'See what went wrong' }).click();
  expect(await page.locator('.alert').count()).toBe(0);

  // The record of the run says the same.
  await page.reload();
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('button', { name: /^Open/ }).first().click();
  await page.getByRole('link', { name: 'Train' }).click();
  await card.getByText(seen).waitFor();

  await card.getByText(/would begin with the checkpoint at the end of Heads, with Loss/).waitFor();
  await card.getByRole('button', { name: 'Load the fix into Settings' }).click();
  await page.getByRole('heading', { name: 'Begins after Heads' }).waitFor();
  // Of the layer that fails, only what the stages before have read is left.
  expect(await presets.getByLabel('Failure on purpose', { exact: true }).inputValue()).toBe('');
  expect(page.url()).toMatch(/preset=smoke&.*max_grad_norm=1000000/);
  await page.reload();
  await page.getByRole('heading', { name: 'Begins after Heads' }).waitFor();
  await page.getByLabel('Find a setting').fill('Smallest entropy');
  await page.getByRole('button', { name: 'Reset Smallest entropy' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await phase(page, 'done');
  expect(await card.count()).toBe(0);
  const run = await page.evaluate(async () => (await window.cosmo?.listRuns())?.[0]);
  expect(run?.name ?? '').toMatch(/, on from Heads$/);
});
