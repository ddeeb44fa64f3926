// The page under its user's hands: keys, form and address.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Long enough that no test sees its end. */
const LONG_RUN = '?v=2&preset=smoke&sft_steps=20000';

function waitForPhase(page: Page, phase: string): Promise<unknown> {
  return page.waitForFunction((text) => document.querySelector('.phase')?.textContent === text, phase);
}

async function stepOf(page: Page): Promise<number> {
  return Number(await page.locator('.counter b').textContent());
}

/** Starts a run by the keyboard and lets it do a few iterations. */
async function startLongRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await page.keyboard.press('Space');
  await waitForPhase(page, 'running');
  await page.locator('.counter b').waitFor();
}

test('starts, pauses, steps and helps by the keyboard', async ({ newPage }) => {
  const page = await newPage(LONG_RUN);
  await startLongRun(page);
  await page.keyboard.press('Space');
  await waitForPhase(page, 'paused');
  await page.waitForTimeout(300);
  const before = await stepOf(page);
  await page.keyboard.press('.');
  await page.waitForFunction(
    (step) => Number(document.querySelector('.counter b')?.textContent) > step,
    before,
  );
  await waitForPhase(page, 'paused');
  await page.waitForTimeout(300);
  expect(await stepOf(page)).toEqual(before + 1);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('keeps the form in the address, and says what it does not accept', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=smoke&nonsense=1');
  await page.getByText('Part of this link was not used.').waitFor();
  const seed = page.getByLabel('Seed', { exact: true });
  await seed.fill('11');
  await seed.press('Tab');
  expect(new URL(page.url()).search).toBe('?v=2&preset=smoke&seed=11');
  await seed.fill('eleven');
  await seed.press('Tab');
  await page.getByText(/seed is "eleven"/).waitFor();
  expect(await seed.inputValue()).toBe('eleven');
  await page.getByRole('button', { name: 'Reset Seed' }).click();
  expect(await seed.inputValue()).toBe('7');
  await page.getByRole('button', { name: 'Help on Seed' }).click();
  await page.getByText(/Accepts a whole number/).waitFor();
});

test('tells what is wrong where one is, however far down, and hides nothing behind the message', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&seed=eleven');
  await page.setViewportSize({ width: 800, height: 500 });
  const message = page.locator('.alert', { hasText: 'seed is "eleven"' });
  await message.waitFor();
  // The page grows while its parts load.
  await page.waitForFunction(() => {
    window.scrollTo(0, document.documentElement.scrollHeight);
    return window.scrollY > 200;
  });
  const inSight = await message.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  });
  expect(inSight).toBe(true);
  // What is moved into sight comes to stand below the head.
  const gap = await page.getByRole('heading', { name: 'Curves' }).evaluate((heading) => {
    heading.scrollIntoView();
    const head = document.querySelector('.page-head') as HTMLElement;
    return heading.getBoundingClientRect().top - head.getBoundingClientRect().bottom;
  });
  expect(gap >= 0).toBe(true);
  await message.getByRole('button', { name: 'Dismiss' }).click();
  await message.waitFor({ state: 'detached' });
});
