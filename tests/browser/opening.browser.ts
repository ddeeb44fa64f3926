// The first ten seconds: a trained policy before and after on an attack, and one button that trains it in sight.

import { layoutShifts, watchShifts, wordsInSight } from '../../src/tooling/openingFigures.ts';
import { expect, test } from './fixtures.ts';

test('shows an attack that works after SFT and not after stage 2, and trains it away at one press', async ({
  newPage,
}) => {
  const page = await newPage();
  const said = page.locator('.opening .pinned.large :is(.pinned-said, .pinned-other)');
  await said.nth(1).locator('.chip').waitFor();
  expect(await page.locator('.opening .pinned.large.bad').count(), 'SFT gives in').toBe(1);
  expect(/unsafe/.test((await said.nth(0).textContent()) ?? ''), 'SFT gives in').toBeTruthy();
  expect(!/unsafe/.test((await said.nth(1).textContent()) ?? ''), 'stage 2 does not').toBeTruthy();
  const request = page.locator('.opening .pinned.large .request');
  const before = await request.textContent();
  await page.getByRole('button', { name: 'Another attack' }).click();
  await page.waitForFunction(
    (text) => document.querySelector('.opening .pinned.large .request')?.textContent !== text,
    before,
  );
  await page.getByRole('button', { name: /Make it safe/ }).click();
  await page.locator('.run-stage .figure', { hasText: '%' }).first().waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'stopped');
  expect(await page.locator('.opening').count()).toBe(0);
  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByText(/first SFT, then Heads, Stage 1 and Stage 2/).waitFor();
  expect(new URL(page.url()).search, 'who set nothing keeps the plain address').toBe('');
});

test('a failure on purpose begins with the released model, Start repeats it, and address and form stay the user’s', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&preset=quick+ppo&seed=5');
  const layer = page.getByLabel('Failure on purpose', { exact: true });
  const own = '?v=2&preset=quick+ppo&seed=5';
  const runs = () =>
    page.evaluate(async () =>
      (await window.cosmo?.listRuns())?.map(({ name, settings }) => [name, settings.recipe]),
    );
  await page.getByText('Or watch it fail').click();
  expect(await page.locator('.failures .shape svg').count(), 'a card with a picture each').toBe(5);
  await page.getByRole('button', { name: /Watch it.*Format hacking/ }).click();
  // RL from its first iteration on: nothing is trained before.
  await page.locator('.counter', { hasText: 'Stage 2' }).waitFor();
  expect(await layer.inputValue(), 'the form holds what is trained').toBe('format-hacking');
  await page.getByRole('heading', { name: 'Failure on purpose: Format hacking' }).waitFor();
  await page.locator('.chart.marked', { hasText: 'watch this' }).first().waitFor();
  expect(new URL(page.url()).search).toEqual(own);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'stopped');
  await page.getByText(/Settings of this run. Start repeats it/).waitFor();
  await page.getByText('Asking the policy from before and after').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.locator('.counter', { hasText: 'running' }).locator(':scope', { hasText: 'Stage 2' }).waitFor();
  const [again, first] = (await runs()) ?? [];
  expect(again).toEqual(first);
  expect(await layer.inputValue()).toBe('format-hacking');
  expect(new URL(page.url()).search).toEqual(own);
  // The tab that comes back goes on with the run, and has the form that its address says.
  await page.reload();
  await page.locator('.counter', { hasText: 'running' }).locator(':scope', { hasText: 'Stage 2' }).waitFor();
  expect(await layer.inputValue()).toBe('');
  expect(new URL(page.url()).search).toEqual(own);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'stopped');
  await page.getByRole('button', { name: 'New run' }).click();
  await page.locator('.opening').waitFor();
  expect(new URL(page.url()).search).toEqual(own);
});

test('says what went wrong where the released models are damaged, and trains all the same', async ({
  browser,
  baseUrl,
  watch,
}) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    watch(page);
    await context.route('**/models/index.json', (route) => route.fulfill({ body: '{"kind":"other"}' }));
    await page.goto(`${baseUrl}?v=2&preset=smoke&sft_steps=20000`);
    await page.locator('.alert.error', { hasText: 'The list of released models' }).waitFor();
    expect(await page.getByRole('button', { name: /Make it safe/ }).count()).toBe(0);
    await page.getByRole('button', { name: /Train from scratch/ }).click();
    await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) > 2);
  } finally {
    await context.close();
  }
});

test('nothing moves while the opening loads', async ({ newPage }) => {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
    [768, 1024],
    [390, 844],
  ] as const) {
    const page = await newPage();
    await page.setViewportSize({ width, height });
    await page.addInitScript(watchShifts);
    await page.reload();
    await page.getByText('Live answers').waitFor();
    await page.getByText('Time unknown').waitFor();
    await page.locator('.opening .pinned .chip').nth(3).waitFor();
    const shifts = await page.evaluate(layoutShifts);
    const sum = shifts.reduce((total, shift) => total + shift, 0);
    expect(sum, `${width} x ${height}: ${shifts.join(', ')}`).toBeLessThan(0.05);
    await page.close();
  }
});

test('says what it has to say in 120 words, with one main action', async ({ newPage }) => {
  const page = await newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.locator('.opening .pinned .chip').nth(3).waitFor();
  expect(await page.evaluate(wordsInSight)).toBeLessThanOrEqual(120);
  expect(await page.locator('button.primary').allTextContents()).toEqual(['▶ Make it safe (1 min)']);
});
