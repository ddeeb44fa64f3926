// The first ten seconds: a trained policy before and after on an attack, and one button that trains it in sight.

import type { BrowserTest } from './types.ts';

export const tests: BrowserTest[] = [
  {
    name: 'shows an attack that works after SFT and not after stage 2, and trains it away at one press',
    async run({ newPage, assert }) {
      const page = await newPage();
      const cards = page.locator('.opening .answer-card');
      await cards.nth(1).waitFor();
      assert.ok(/unsafe/.test((await cards.nth(0).textContent()) ?? ''), 'SFT gives in');
      assert.ok(!/unsafe/.test((await cards.nth(1).textContent()) ?? ''), 'stage 2 does not');
      const request = page.locator('.opening .request');
      const before = await request.textContent();
      await page.getByRole('button', { name: 'Another attack' }).click();
      await page.waitForFunction(
        (text) => document.querySelector('.opening .request')?.textContent !== text,
        before,
      );
      await page.getByRole('button', { name: /Train its safety yourself/ }).click();
      // Two iterations of RL give the headline its first figures.
      await page.getByText('Attacks withstood').waitFor();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'stopped');
      assert.equal(await page.locator('.opening').count(), 0);
      assert.ok(page.url().includes('prompts_per_step=12'), 'the address holds what is trained');
      await page.getByRole('button', { name: 'New run' }).click();
      await page.getByText(/first SFT, then Heads, Stage 1 and Stage 2/).waitFor();
      assert.ok(!page.url().includes('prompts_per_step'), 'the form is as it was before');
    },
  },
  {
    name: 'a failure on purpose begins at one press with the released model, and leaves the form as it was',
    async run({ newPage, assert }) {
      const page = await newPage();
      await page.getByLabel('Or watch it fail:').selectOption('format-hacking');
      await page.getByRole('button', { name: 'Watch it', exact: false }).click();
      // RL from its first iteration on: nothing is trained before.
      await page.locator('.counter', { hasText: 'Stage 2' }).waitFor();
      assert.ok(page.url().includes('preset=quick+format-hacking'), 'the address holds what is trained');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'stopped');
      await page.getByRole('button', { name: 'New run' }).click();
      await page.locator('.opening').waitFor();
      assert.ok(!page.url().includes('format-hacking'), 'the form is as it was before');
    },
  },
  {
    name: 'says what went wrong where the released models are damaged, and trains all the same',
    async run({ browser, baseUrl, watch, assert }) {
      const context = await browser.newContext({ serviceWorkers: 'block' });
      try {
        const page = await context.newPage();
        watch(page);
        await context.route('**/models/index.json', (route) => route.fulfill({ body: '{"kind":"other"}' }));
        await page.goto(`${baseUrl}?v=1&preset=smoke&sft_steps=20000`);
        await page.locator('.alert.error', { hasText: 'The list of released models' }).waitFor();
        assert.equal(await page.getByRole('button', { name: /Train its safety/ }).count(), 0);
        await page.getByRole('button', { name: /Train from nothing/ }).click();
        await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) > 2);
      } finally {
        await context.close();
      }
    },
  },
];
