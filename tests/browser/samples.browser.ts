// The view Samples under a user's hands: a stored group, its ratios, another recipe, the replay buffer, pins that stay.

import type { Page } from '@playwright/test';
// Brings the type of `window.cosmo`.
import type {} from '../../src/protocol/automation.ts';
import { expect, test } from './fixtures.ts';

/** A whole run in seconds. */
const TINY_RUN =
  '?v=2&preset=smoke&sft_steps=200&heads_steps=10&heads_examples=200&heads_holdout=20&stage1_steps=3&stage2_steps=3&eval_samples=10';

async function showSamples(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Samples' }).click();
}

function rowsOf(page: Page) {
  return page.locator('table.buffer tbody tr');
}

/** Waits for the summary of a trial, and gives it. */
async function summaryOf(page: Page): Promise<string> {
  const summary = page.locator('.trial-summary');
  await summary.waitFor();
  return (await summary.textContent()) ?? '';
}

/** Waits until each response's total moves by `factor` of its format term; at least one response of the group has one. */
async function trialMoves(page: Page, factor: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const cards = [...document.querySelectorAll<HTMLElement>('.responses > li')].map((card) => {
      const text = card.innerText.replaceAll('−', '-').replaceAll(/\s+/g, ' ');
      const [, before, after] = /on trial total (\S+) → (-?[\d.]+)/.exec(text) ?? [];
      return { format: Number(/format (\S+)/.exec(text)?.[1]), move: Number(after) - Number(before) };
    });
    const fit = cards.every(({ format, move }) => Math.abs(move - wanted * format) < 2e-3);
    return fit && cards.some(({ format }) => format > 0);
  }, factor);
}

test('says what to do where there are no samples', async ({ newPage }) => {
  const page = await newPage(`${TINY_RUN}&stages=sft`);
  await showSamples(page);
  await page.getByText('No run is on view.').waitFor();
  await page.getByRole('button', { name: 'Start a run' }).click();
  await page.getByText(/has no samples yet.*will never have any/).waitFor();
});

test('inspects stored groups, tries another recipe, filters and pins', async ({ newPage }) => {
  test.setTimeout(300_000);
  const page = await newPage(TINY_RUN);
  page.setDefaultTimeout(90_000);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done', null, {
    timeout: 200_000,
  });
  await showSamples(page);
  await page.getByRole('heading', { name: 'Latest group' }).waitFor();
  expect((await page.locator('.why').textContent()) ?? '').toMatch(/won|is best|are best/);

  // A row opens its group, by the keyboard too.
  await rowsOf(page).first().waitFor();
  const place = (await rowsOf(page).nth(2).locator('th').textContent()) ?? '';
  const [, step, group] = /(\d+), (\d+)/.exec(place) ?? [];
  await rowsOf(page).nth(2).locator('th button').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Step ${step}, group ${group}` }).waitFor();
  await page.locator('tr[aria-current=true]').waitFor();
  await page.locator('.responses > li').first().waitFor();

  // What the loss does to a token: the hardest pushed one at first, then the one that is chosen; a second loss beside it.
  const losses = page.locator('.losses article');
  await losses.nth(1).waitFor();
  expect((await losses.first().textContent()) ?? '').toMatch(/^CPGD.*Objective.*= .*Weight in the mean/);
  await page.getByRole('listbox').last().focus();
  await page.keyboard.press('End');
  await page.getByText(/^Response #\d+, token \d+: ?<eos>/).waitFor();
  await page.getByLabel('Compare with').selectOption('gspo');
  await page.getByText('GSPO for comparison').waitFor();
  await page.getByLabel('Shade tokens by').selectOption('weight in the mean');
  await page.locator('.legend').getByText('the largest', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Instructive group' }).click();
  await page.waitForFunction(
    (before) => document.querySelector('#inspector-title')?.textContent !== before,
    `Step ${step}, group ${group}`,
  );
  await page.getByLabel('Policy', { exact: true }).selectOption({ index: 1 });
  await page.locator('.losses article').first().waitFor();
  await rowsOf(page).nth(2).locator('th button').click();
  await page.getByRole('heading', { name: `Step ${step}, group ${group}` }).waitFor();

  // Ratios under the newest checkpoint, with a number for each token.
  await page.getByLabel('Shade tokens by').selectOption('probability ratio');
  await page.locator('.ratio-summary').waitFor();
  expect((await page.locator('.ratio-summary').textContent()) ?? '').toMatch(/over [1-9]\d* tokens: mean/);
  await page.getByRole('listbox').first().focus();
  await page.keyboard.press('End');
  expect((await page.locator('.token-note').first().textContent()) ?? '').toMatch(/log-prob .* · ratio \d/);

  // Another weight of the format moves each total by two format terms; back at the run's recipe nothing is claimed.
  const weight = page.getByLabel('Format weight', { exact: true });
  await weight.fill('3');
  await weight.press('Tab');
  await trialMoves(page, 2);
  expect(await summaryOf(page)).toMatch(/^In \d+ of \d+ groups another response would win/);
  // What is being typed stays when the list of runs is read anew, and counts when the field is left.
  await weight.fill('0');
  await page.evaluate(() => window.cosmo?.listRuns());
  await page.waitForTimeout(200);
  expect(await weight.inputValue()).toBe('0');
  await weight.press('Tab');
  await trialMoves(page, -1);
  await page.getByRole('button', { name: 'Use this recipe for the next run' }).click();
  expect(new URL(page.url()).searchParams.get('w_format')).toBe('0');
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(new URL(page.url()).searchParams.get('w_format')).toBe(null);
  await page.getByRole('button', { name: /^Reset \(1\)/ }).click();
  await page.locator('.trial-summary').waitFor({ state: 'detached' });

  // The table shows what the filter asks for.
  const label = (await rowsOf(page).first().locator('td').nth(1).textContent()) ?? '';
  const status = page.locator('section[aria-labelledby=buffer-title] [role=status]');
  const all = await status.textContent();
  await page.getByRole('combobox', { name: 'Label', exact: true }).selectOption(label);
  await page.waitForFunction(
    ([before, wanted]) => {
      const labels = [...document.querySelectorAll('table.buffer tbody tr td:nth-child(3)')];
      const now = document.querySelector('section[aria-labelledby=buffer-title] [role=status]');
      return now?.textContent !== before && labels.every((cell) => cell.textContent === wanted);
    },
    [all, label],
  );
  await page.getByRole('button', { name: /^Clear/ }).click();

  // A pin stays with the run over a reload.
  const pin = page.getByRole('button', { name: `Pin step ${step}, group ${group}` });
  await pin.last().click();
  await page.locator('tr .pin[aria-pressed=true]').waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Samples' }).waitFor();
  await page.getByRole('button', { name: /^Open “/ }).click();
  await rowsOf(page).first().waitFor();
  await page.getByLabel('Pinned only').check();
  await page.waitForFunction(() => document.querySelectorAll('table.buffer tbody tr').length === 1);
  expect((await rowsOf(page).locator('th').textContent()) ?? '').toMatch(new RegExp(`${step}, ${group}$`));
});
