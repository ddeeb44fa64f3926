// The page against what comes from outside: no request to another origin, no inline script, strange text stays text, damaged files are refused.

import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Scripts by three doors; each would set the mark if it ran. */
const SCRIPT = 'window.__ran = true';
const STRANGE_NAME = `<img src=x onerror="${SCRIPT}"><b>bold</b>`;
const TINY_RUN =
  '?v=2&preset=smoke&sft_steps=20&heads_steps=5&heads_examples=100&heads_holdout=10&stage1_steps=2&stage2_steps=2&eval_samples=10';

function ended(page: Page): Promise<unknown> {
  return page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done');
}

/** Addresses of the views, as the navigation has them. */
async function viewsOf(page: Page): Promise<string[]> {
  const links = page.locator('nav.views a');
  await links.first().waitFor();
  return await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
}

test('asks no other origin for anything, through a whole run and every view', async ({
  newPage,
  baseUrl,
}) => {
  const page = await newPage('', 'allow');
  const asked: string[] = [];
  page.context().on('request', (request) => void asked.push(request.url()));
  await page.goto(`${baseUrl}${TINY_RUN}`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await ended(page);
  for (const view of await viewsOf(page)) {
    await page.locator(`nav.views a[href="${view}"]`).click();
    await page.locator('main h2').first().waitFor();
  }
  expect(asked.length > 5, 'the page has asked for files').toBeTruthy();
  const origin = new URL(baseUrl).origin;
  const local = (url: string) => new URL(url).origin === origin || /^(blob|data):/.test(url);
  expect(asked.filter((url) => !local(url))).toEqual([]);
});

test('runs no inline script, and reaches no other origin even if asked to', async ({
  newPage,
  allowPageErrors,
}) => {
  const page = await newPage();
  allowPageErrors(/Content Security Policy/);
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  const reached = await page.evaluate(async (script) => {
    const element = document.createElement('script');
    element.textContent = script;
    document.body.append(element);
    const image = document.createElement('div');
    image.innerHTML = `<img src="data:," onerror="${script}">`;
    document.body.append(image);
    const answer = await fetch('http://127.0.0.1:9/').then(
      () => 'reached',
      (error: Error) => error.name,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { ran: '__ran' in window, answer };
  }, SCRIPT);
  expect(reached).toEqual({ ran: false, answer: 'TypeError' });
});

test('shows a strange name as text, and a strange address changes nothing', async ({ newPage }) => {
  const page = await newPage(`${TINY_RUN}&nonsense=${encodeURIComponent(STRANGE_NAME)}#${STRANGE_NAME}`);
  await page.getByText('Part of this link was not used.').waitFor();
  await page.evaluate(async (name) => {
    const { cosmo } = window as unknown as {
      cosmo: { ready(): Promise<void>; settings(): object; start(request: object): Promise<object> };
    };
    await cosmo.ready();
    await cosmo.start({ settings: cosmo.settings(), preset: 'smoke', name });
  }, STRANGE_NAME);
  await ended(page);
  await page.locator('nav.views a[href="#runs"]').click();
  await page.getByText(STRANGE_NAME).first().waitFor();
  expect(await page.evaluate(() => '__ran' in window)).toBe(false);
});
