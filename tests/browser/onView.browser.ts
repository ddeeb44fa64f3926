// A stored run on view in Train: it goes on by the main button, says what it was made with, and lends its settings to the form.

import type { Page } from 'playwright-core';
import type { BrowserTest } from './types.ts';

/** SFT takes long enough to be stopped. */
const STOPPED = '?v=1&preset=smoke&stages=sft&sft_steps=4000&checkpoint_every=1&evaluate=false&seed=7';

async function phaseIs(page: Page, phase: string): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelector('.phase')?.textContent === wanted, phase);
}

async function runIds(page: Page): Promise<string[]> {
  return await page.evaluate(async () => ((await window.cosmo?.listRuns()) ?? []).map(({ id }) => id));
}

export const tests: BrowserTest[] = [
  {
    name: 'a stopped run goes on by the main button, with Start beside it for another one',
    timeoutMs: 90_000,
    async run({ newPage, assert }) {
      const page = await newPage(STOPPED);
      const transport = page.getByRole('toolbar', { name: 'Run' });
      const button = (name: string) => transport.getByRole('button', { name, exact: true });
      await button('Start').click();
      await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) >= 3);
      await button('Stop').click();
      await phaseIs(page, 'stopped');
      const before = await runIds(page);
      assert.equal(before.length, 1);
      await button('New run').click();
      await phaseIs(page, 'ready');
      assert.equal(await button('Go on').count(), 0);

      await page.getByRole('link', { name: 'Runs', exact: true }).click();
      await page.getByRole('button', { name: /^Open/ }).click();
      await phaseIs(page, 'stopped');
      await button('Go on').click();
      await phaseIs(page, 'running');
      assert.equal(await runIds(page), before, 'the same run goes on');
      await button('Stop').click();
      await phaseIs(page, 'stopped');
      await button('Start').click();
      await phaseIs(page, 'running');
      assert.equal((await runIds(page)).length, 2, 'Start begins another one');
    },
  },
  {
    name: 'an opened run says what it was made with, and its settings come into the form, with Undo',
    timeoutMs: 60_000,
    async run({ newPage, assert }) {
      const page = await newPage('?v=1&preset=smoke&stages=sft&sft_steps=3&evaluate=false&seed=7');
      await page.getByRole('toolbar', { name: 'Run' }).getByRole('button', { name: 'Start' }).click();
      await phaseIs(page, 'done');
      const use = page.getByRole('button', { name: 'Use its settings' });
      assert.equal(await use.count(), 0, 'the form holds them');
      await page.getByText(/^smoothed; what was measured/).waitFor();
      await page.getByText(/^Not measured in this run: .*Reward and its terms/).waitFor();
      assert.equal(await page.getByText('Nothing to draw yet').count(), 0, 'nothing comes any more');
      const seed = page.getByLabel('Seed', { exact: true });
      await seed.fill('8');
      await seed.press('Tab');
      await use.waitFor();
      await page.reload();
      await page.getByRole('link', { name: 'Runs', exact: true }).click();
      await page.getByRole('button', { name: /^Open/ }).click();
      const card = page.getByRole('region', { name: 'smoke, seed 7' });
      assert.match(
        (await card.textContent()) ?? '',
        /Preset smoke; Stages sft, .*Steps \(supervised fine-tuning\) 3\./,
      );
      await seed.fill('9');
      await seed.press('Tab');
      await use.click();
      assert.equal(await seed.inputValue(), '7');
      await page.getByRole('button', { name: 'Undo' }).click();
      assert.equal(await seed.inputValue(), '9');
      await use.waitFor();
    },
  },
  {
    name: 'imported weights offer the stage they hold and promise no curves; a twin is told apart',
    timeoutMs: 90_000,
    async run({ newPage, assert }) {
      const page = await newPage(
        '?v=1&preset=smoke&stages=sft,heads,stage1&sft_steps=20&heads_steps=5&heads_examples=100&heads_holdout=20&stage1_steps=2&evaluate=false&seed=7',
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
      assert.equal(await stages.count(), 1);
      assert.equal(await page.getByRole('button', { name: /^Run on from here/ }).count(), 1);
      await page.getByText('no curves came with them').waitFor();
      await page.getByRole('link', { name: 'Samples', exact: true }).click();
      await page.getByText('no samples came with them').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Resume it' }).count(), 0);

      await page.getByRole('link', { name: 'Evaluation', exact: true }).click();
      const card = page.getByRole('region', { name: 'Evaluate a checkpoint now' });
      const choice = card.getByRole('combobox', { name: 'Run', exact: true });
      await choice.waitFor();
      const names = await choice.locator('option').allTextContents();
      assert.ok(names.includes('smoke, seed 7') && names.includes('smoke, seed 7 (2)'), names.join('; '));
      await page.getByRole('link', { name: 'Probe', exact: true }).click();
      await page
        .getByRole('combobox', { name: 'Model' })
        .locator('option', { hasText: 'seed 7 (2)' })
        .waitFor({ state: 'attached' });
      // The stage that it holds is one that a run can begin from.
      await page.getByRole('link', { name: 'Train', exact: true }).click();
      await page.getByRole('button', { name: /^Run on from here/ }).click();
      await phaseIs(page, 'done');
      assert.equal(await stages.count(), 3);
    },
  },
];
