// The view Lab: a plan of two values under two seeds from the released model, a reload in the middle, and what it shows and saves.

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { loadAxe, violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

/** Runs of seconds: most of each is its test. */
const PLAN = {
  kind: 'cosmo-plan',
  version: 1,
  name: 'drift',
  base: { model: 'qwen-mini', after: 'heads' },
  overrides: {
    stages: ['sft', 'heads', 'stage2'],
    stage2_steps: 4,
    prompts_per_step: 4,
    group_size: 4,
  },
  factors: [{ setting: 'stage2_learning_rate', values: [0.0002, 0.01] }],
  seeds: [11, 12],
};

const address = (plan: object) => `#lab?plan=${encodeURIComponent(JSON.stringify(plan))}`;

async function start(page: Page): Promise<void> {
  await page.getByText('4 runs: 2 cells under 2 seeds.').waitFor();
  await page.getByRole('button', { name: 'Start the plan' }).click();
}

async function done(page: Page): Promise<void> {
  await page.getByText('4 of 4 runs done').waitFor({ timeout: 120_000 });
}

async function resultsFile(page: Page): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Everything (JSON)' }).click();
  return readFileSync(await (await download).path());
}

/** What the runs of results.json gave. */
async function saved(page: Page): Promise<{ id: string; status: string; digest: string; stages: unknown }[]> {
  const { runs } = JSON.parse((await resultsFile(page)).toString());
  return runs.map(({ id, status, digest, stages }: never) => ({ id, status, digest, stages }));
}

test('a plan gives the same numbers undisturbed, and over a reload and another tab', async ({
  newPage,
  watch,
}) => {
  test.setTimeout(240_000);
  const page = await newPage(address(PLAN));
  await start(page);
  await done(page);
  await page.getByRole('heading', { name: 'Results', exact: true }).waitFor();
  for (const name of ['Results: mean score', 'Results: mean score, greedy']) {
    const table = page.getByRole('region', { name, exact: true });
    expect(await table.getByRole('row').count(), name).toBe(3);
    expect(await table.getByText('base', { exact: true }).count(), name).toBe(1);
  }
  const undisturbed = await saved(page);
  expect(undisturbed.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
  await loadAxe(page);
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 360],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(100);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThan(1);
  }

  // Its own file of results, and one that is none, as one table.
  await page.getByLabel('Files of results (.json) to merge').setInputFiles([
    { name: 'seat-1.json', mimeType: 'application/json', buffer: await resultsFile(page) },
    { name: 'note.json', mimeType: 'application/json', buffer: Buffer.from('hello') },
  ]);
  await page.getByText('4 of 4 runs, from 1 file.').waitFor();
  await page.getByText('note.json: This is no file of results').waitFor();

  const first = await newPage(address(PLAN));
  await start(first);
  await first.getByText(/[1-3] of 4 runs done/).waitFor({ timeout: 120_000 });
  await first.reload();
  await first.getByText(/[1-3] of 4 runs done, [12] running/).waitFor();
  const second = await first.context().newPage();
  watch(second);
  await second.goto(first.url());
  await second.getByText('Another tab runs this queue').waitFor();
  await first.close();
  await done(second);
  await second.getByRole('heading', { name: 'Results', exact: true }).waitFor();
  expect(await saved(second)).toEqual(undisturbed);
  // Every run stands in Runs, named by its cell.
  await second.getByRole('link', { name: 'Runs', exact: true }).click();
  await second.getByRole('rowheader', { name: 'stage2_learning_rate 0.01, seed 12' }).waitFor();
});

test('what cannot be used is one sentence, and the rest of the form stays', async ({ newPage }) => {
  const page = await newPage(address({ ...PLAN, base: { model: 'gone', after: 'heads' } }));
  await page.getByText('There is no released model “gone” here.').waitFor();
  expect(await page.getByRole('button', { name: 'Start the plan' }).isDisabled()).toBe(true);
  await page.getByLabel('Begin from').selectOption({ label: 'qwen-mini after Heads' });
  await page.getByText('4 runs: 2 cells under 2 seeds.').waitFor();
  await page.getByLabel('Values').fill('0.0002 99');
  await page.getByLabel('Values').blur();
  await page.getByText(/stage2_learning_rate.*99/).waitFor();
  await page.getByLabel('Values').fill('0.0002');
  await page.getByLabel('Values').blur();
  await page.getByText('What all runs change').click();
  await page.getByLabel('Settings of all runs').fill('sft_steps=5');
  await page.getByLabel('Settings of all runs').blur();
  await page.getByText(/sft_steps is \d+ in qwen-mini@heads and cannot be changed from there/).waitFor();
  await page.goto(`${page.url().split('#')[0]}${address({ ...PLAN, version: 9 })}`);
  await page.getByText('The plan of this link was not used.').waitFor();

  // A link for a class waits for the number of the seat.
  await page.goto(`${page.url().split('#')[0]}${address(PLAN)}&seats=2`);
  const starting = page.getByRole('button', { name: 'Start the plan' });
  for (const [seat, ready] of [
    ['3', false],
    ['2', true],
  ] as const) {
    await page.getByLabel('Your seat number').fill(seat);
    await page.getByLabel('Your seat number').blur();
    await expect(starting).toBeEnabled({ enabled: ready });
  }
});
