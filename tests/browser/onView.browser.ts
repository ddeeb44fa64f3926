// A stored run on view in Train: it goes on by the main button, says what it was made with, and lends its settings to the form.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** SFT takes long enough to be stopped. */
const STOPPED = '?v=2&preset=smoke&stages=sft&sft_steps=4000&checkpoint_every=1&evaluate=false&seed=7';

async function phaseIs(page: Page, phase: string): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector('.phase')?.textContent === wanted, phase);
}

async function runIds(page: Page): Promise<string[]> {
  return await page.evaluate(async () => ((await window.cosmo?.listRuns()) ?? []).map(({ id }) => id));
}

test('a stopped run goes on by the main button, with Start beside it for another one', async ({
  newPage,
}) => {
  test.setTimeout(90_000);
  const page = await newPage(STOPPED);
  const transport = page.getByRole('toolbar', { name: 'Run' });
  const button = (name: string) => transport.getByRole('button', { name, exact: true });
  await button('Start').click();
  await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) >= 3);
  await button('Stop').click();
  await phaseIs(page, 'stopped');
  const before = await runIds(page);
  expect(before.length).toBe(1);
  await button('New run').click();
  await phaseIs(page, 'ready');
  expect(await button('Go on').count()).toBe(0);

  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: /^Open/ }).click();
  await phaseIs(page, 'stopped');
  await button('Go on').click();
  await phaseIs(page, 'running');
  expect(await runIds(page), 'the same run goes on').toEqual(before);
  await button('Stop').click();
  await phaseIs(page, 'stopped');
  await button('Start').click();
  await phaseIs(page, 'running');
  expect((await runIds(page)).length, 'Start begins another one').toBe(2);
});

test('an opened run says what it was made with, and its settings come into the form, with Undo', async ({
  newPage,
}) => {
  test.setTimeout(60_000);
  const page = await newPage('?v=2&preset=smoke&stages=sft&sft_steps=3&evaluate=false&seed=7');
  await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Start' }).click();
  await phaseIs(page, 'done');
  const use = page.getByRole('button', { name: 'Use its settings' });
  expect(await use.count(), 'the form holds them').toBe(0);
  await page.getByText(/^Bold: smoothed/).waitFor();
  await page.getByText(/^Not measured in this run: .*Reward and its terms/).waitFor();
  expect(await page.getByText('Nothing to draw yet').count(), 'nothing comes any more').toBe(0);
  const seed = page.getByLabel('Seed', { exact: true });
  await seed.fill('8');
  await seed.press('Tab');
  await use.waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: /^Open/ }).click();
  const card = page.getByRole('region', { name: 'smoke, seed 7' });
  expect((await card.textContent()) ?? '').toMatch(
    /Preset smoke; Stages sft, .*Steps \(supervised fine-tuning\) 3\./,
  );
  await seed.fill('9');
  await seed.press('Tab');
  await use.click();
  expect(await seed.inputValue()).toBe('7');
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(await seed.inputValue()).toBe('9');
  await use.waitFor();
});

test('heads that stop early say at which step of how many, as a stored run too', async ({ newPage }) => {
  test.setTimeout(60_000);
  // Steps too small to change a verdict: the second measurement is no better than the first.
  const page = await newPage(
    '?v=2&preset=smoke&stages=sft,heads,stage1&sft_steps=20&heads_steps=300&heads_learning_rate=1e-9&heads_measure_every=4&heads_patience=1&heads_examples=100&heads_holdout=20&stage1_steps=2&evaluate=false&seed=7',
  );
  const heads = page.locator('.rail li.done', { hasText: 'ended early at step 8 of 300' });
  await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Start' }).click();
  await phaseIs(page, 'done');
  await heads.waitFor();
  await page.getByText('Heads ended early at step 8 of 300.').first().waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: /^Open/ }).click();
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await heads.waitFor();
});

test('imported weights offer the stage they hold and promise no curves; a twin is told apart', async ({
  newPage,
}) => {
  test.setTimeout(90_000);
  const page = await newPage(
    '?v=2&preset=smoke&stages=sft,heads,stage1&sft_steps=20&heads_steps=5&heads_examples=100&heads_holdout=20&stage1_steps=2&evaluate=false&seed=7',
  );
  await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Start' }).click();
  await phaseIs(page, 'done');
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'More' }).click();
  const fileOf = async (button: string): Promise<string> => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    return await (await download).path();
  };
  const weights = await fileOf('Weights after SFT (safetensors)');
  const bundle = await fileOf('Bundle (.zip)');
  const input = page.locator('input[type=file]');
  await input.setInputFiles(bundle);
  await page.getByRole('rowheader', { name: 'smoke, seed 7 (2)' }).waitFor();
  await page.getByText('“smoke, seed 7 (2)” is imported.').waitFor();
  await input.setInputFiles(weights);
  await page.getByText('“smoke, seed 7: weights after sft” is imported.').waitFor();
  await page.getByRole('button', { name: 'Open it' }).last().click();

  const stages = page.locator('main.train .rail li');
  await page.locator('main.train .rail li.done', { hasText: 'SFT' }).waitFor();
  expect(await stages.count()).toBe(1);
  expect(await page.getByRole('button', { name: /^Change and rerun from here/ }).count()).toBe(1);
  await page.getByText('Weights only: no curves').waitFor();
  await page.getByRole('link', { name: 'Samples', exact: true }).click();
  await page.getByText('no samples came with them').waitFor();
  expect(await page.getByRole('button', { name: 'Resume it' }).count()).toBe(0);

  await page.getByRole('link', { name: 'Evaluation', exact: true }).click();
  const card = page.getByRole('region', { name: 'Evaluate a checkpoint now' });
  const choice = card.getByRole('combobox', { name: 'Run', exact: true });
  await choice.waitFor();
  const names = await choice.locator('option').allTextContents();
  expect(
    names.includes('smoke, seed 7') && names.includes('smoke, seed 7 (2)'),
    names.join('; '),
  ).toBeTruthy();
  await page.getByRole('link', { name: 'Probe', exact: true }).click();
  await page
    .getByRole('combobox', { name: 'Model' })
    .locator('option', { hasText: 'seed 7 (2)' })
    .waitFor({ state: 'attached' });
  // The stage that it holds is one that a run can begin from.
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: /^Change and rerun from here/ }).click();
  await page.getByText('The form is set.').waitFor();
  await phaseIs(page, 'done');
  expect(await stages.count(), 'nothing is started').toBe(1);
  await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Start' }).click();
  await expect.poll(() => stages.count()).toBe(3);
  await phaseIs(page, 'done');
});
