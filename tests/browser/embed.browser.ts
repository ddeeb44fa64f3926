// The page in a frame of another origin, without isolation: what it tells its parent, and whose commands it takes.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Serves one page at an origin of its own. */
async function serveParent(html: string): Promise<{ origin: string; close: () => void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** Keeps what the frame says, and can send it commands. */
const LISTENER = `<!doctype html><iframe id="cosmo" width="700" height="400"></iframe><script>
  window.told = [];
  addEventListener('message', ({ data }) => told.push(data));
  window.show = (src) => { document.querySelector('#cosmo').src = src; };
  window.send = (data) => document.querySelector('#cosmo').contentWindow.postMessage(data, '*');
</script>`;

type Told = {
  from?: string;
  type: string;
  phase?: string;
  step?: number;
  threads?: number;
  message?: string;
};

const told = (page: Page) => page.evaluate(() => (window as unknown as { told: Told[] }).told);
const send = (page: Page, data: object) =>
  page.evaluate((sent) => (window as unknown as { send: (data: object) => void }).send(sent), data);

/** Waits for a message of which the test holds. */
async function heard(page: Page, wanted: (message: Told) => boolean): Promise<Told> {
  let found: Told | undefined;
  await expect
    .poll(
      async () => {
        found = (await told(page)).findLast(wanted);
        return found !== undefined;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  return found as Told;
}

const TINY =
  'v=2&preset=smoke&sft_steps=2000&heads_steps=5&heads_examples=100&heads_holdout=10&stage1_steps=2&stage2_steps=2&evaluate=false';

test('an allowed parent sets, starts and pauses a run on one thread; the frame follows in height', async ({
  newPage,
  baseUrl,
}) => {
  test.setTimeout(120_000);
  const parent = await serveParent(LISTENER);
  const page = await newPage(parent.origin);
  const show = (query: string) =>
    page.evaluate(
      (src) => (window as unknown as { show: (src: string) => void }).show(src),
      `${baseUrl}?${query}`,
    );
  await show(`embed=1&view=plane&allow=${parent.origin}&${TINY}`);
  await heard(page, ({ type }) => type === 'ready');
  const frame = page.frameLocator('#cosmo');
  expect(await frame.locator('.topbar').count()).toBe(0);
  await frame.getByText('On one thread, as browsers allow in a frame.').waitFor();

  await send(page, { command: 'set', settings: { seed: -5 } });
  expect((await heard(page, ({ type }) => type === 'refused')).message).toMatch(/seed/i);
  await send(page, { command: 'set', settings: { seed: 3 } });
  await send(page, { command: 'start' });
  const state = await heard(
    page,
    ({ type, phase, step = 0 }) => type === 'state' && phase === 'running' && step > 0,
  );
  expect(state.threads).toBe(1);
  await send(page, { command: 'pause' });
  await heard(page, ({ type, phase }) => type === 'state' && phase === 'paused');
  await send(page, { command: 'start' });
  await expect
    .poll(async () => (await told(page)).findLast(({ type }) => type === 'state')?.phase)
    .toBe('running');
  const heights = (await told(page)).filter(({ type }) => type === 'height');
  expect(heights.length).toBeGreaterThan(0);
  parent.close();
});

test('a parent that is not allowed is told no more than that the page is ready, and is not obeyed', async ({
  newPage,
  baseUrl,
}) => {
  const parent = await serveParent(LISTENER);
  const page = await newPage(parent.origin);
  await page.evaluate(
    (src) => (window as unknown as { show: (src: string) => void }).show(src),
    `${baseUrl}?embed=1&view=probe&allow=https://example.org&allow=*`,
  );
  await heard(page, ({ type }) => type === 'ready');
  await send(page, { command: 'start' });
  const frame = page.frameLocator('#cosmo');
  await frame.getByText('Ask the stages of a model the same thing').or(frame.locator('h2')).first().waitFor();
  await page.waitForTimeout(500);
  expect((await told(page)).filter(({ type }) => type === 'state' || type === 'refused')).toEqual([]);
  parent.close();
});

test('a lesson stands in a frame, and starts its own runs', async ({ newPage, baseUrl }) => {
  const parent = await serveParent(LISTENER);
  const page = await newPage(parent.origin);
  await page.evaluate(
    (src) => (window as unknown as { show: (src: string) => void }).show(src),
    `${baseUrl}?embed=1&view=lesson-2&allow=${parent.origin}`,
  );
  await page
    .frameLocator('#cosmo')
    .getByText(/^Lesson 2 of \d/)
    .waitFor();
  await send(page, { command: 'start' });
  expect((await heard(page, ({ type }) => type === 'refused')).message).toMatch(/lesson/);
  parent.close();
});

test('the example shows the plane and starts a run', async ({ newPage, baseUrl }) => {
  test.setTimeout(120_000);
  const parent = await serveParent(readFileSync('examples/embed.html', 'utf8'));
  const page = await newPage(`${parent.origin}/?page=${baseUrl}`);
  await page.frameLocator('#cosmo').locator('.stage-figures .figure').first().waitFor();
  await page.getByRole('button', { name: 'Train' }).click();
  await expect(page.locator('#place')).toHaveText(/running, step \d+/, { timeout: 60_000 });
  parent.close();
});
