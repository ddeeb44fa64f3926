// Links that carry a starting point: they fill the form and wait; Start begins where the sender's run began.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Name and fork of the newest run. */
function newestRun(page: Page) {
  return page.evaluate(async () => {
    const [run] = (await window.cosmo?.listRuns()) ?? [];
    return { name: run?.name, fork: run?.fork, beta: run?.settings.beta };
  });
}

async function inStage2(page: Page): Promise<void> {
  await page.locator('.counter', { hasText: 'running' }).locator(':scope', { hasText: 'Stage 2' }).waitFor();
}

async function stop(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'stopped');
}

test('a link of a run from a released model opens the form with it elsewhere, waits, and begins there', async ({
  newPage,
}) => {
  test.setTimeout(120_000);
  const page = await newPage();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Make it safe' }).click();
  await inStage2(page);
  await stop(page);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: /^Copy link/ }).click();
  await page.getByText('Copied.').waitFor();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.searchParams.get('from')).toBe('qwen-mini@heads');
  expect(new URL(page.url()).search, 'the address is the user’s own').toBe('');

  const other = await newPage(link.search);
  await other.getByRole('heading', { name: 'Begins after Heads' }).waitFor();
  await other.getByText('Start takes over what “qwen-mini” had learned').waitFor();
  expect(await other.evaluate(() => window.cosmo?.listRuns()), 'nothing is started').toEqual([]);
  // A reload and a change keep the starting point.
  await other.getByLabel('Find a setting').fill('beta');
  const beta = other.getByLabel('Reference coefficient', { exact: true });
  await beta.fill('0.3');
  await beta.press('Tab');
  await other.reload();
  await other.getByRole('button', { name: '▶ Train from here' }).click();
  await inStage2(other);
  await stop(other);
  const run = await newestRun(other);
  expect(run).toMatchObject({ name: 'qwen-mini, on from Heads', beta: 0.3 });
  expect(run.fork).toMatchObject({ runId: expect.stringMatching(/^released-qwen-mini-/), stage: 'heads' });

  // To change and rerun fills the form and waits.
  await other.getByRole('button', { name: 'New run' }).click();
  await other.getByRole('button', { name: 'Train from scratch instead' }).click();
  await other.getByRole('link', { name: 'Runs', exact: true }).click();
  await other.getByRole('button', { name: /^Open/ }).first().click();
  await other.getByRole('button', { name: 'Use its settings' }).click();
  await other.getByRole('heading', { name: 'Begins after Heads' }).waitFor();
  expect(new URL(other.url()).searchParams.get('from')).toBe('qwen-mini@heads');
});

test('a link to a run that is not stored here says so and what to do, and starts nothing', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&preset=smoke&from=run:20261129-101500-s7-k3x9@stage1');
  await page.getByText(/is not stored in this browser.*import that in Runs/).waitFor();
  await expect(page.getByRole('button', { name: '▶ Train from here' })).toBeDisabled();
  await page.getByRole('button', { name: 'Train from scratch instead' }).click();
  await page.getByText(/is not stored in this browser/).waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?v=2&preset=smoke');
  const other = await newPage('?v=2&preset=smoke&from=nonsense');
  await other.getByText('“nonsense” is no starting point.').waitFor();
});
