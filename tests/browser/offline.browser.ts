// The page without a network: opened once, it opens and trains again after its server is gone; and it is isolated then.

import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** A plain static host that sends no header of isolation, with the page in a sub-path. */
async function plainHost(): Promise<{ url: string; asked: string[]; close: () => Promise<void> }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    asked.push(path);
    const name = path.replace(/^\/deep\/er\//, '') || 'index.html';
    const file = join('dist', name);
    if (!path.startsWith('/deep/er/') || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/deep/er/`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Resolves once the service worker has kept every file and serves the page. */
function controlled(page: Page): Promise<unknown> {
  return page.waitForFunction(() => navigator.serviceWorker?.controller?.state === 'activated');
}

test('opens and trains from a sub-path of a plain host, and again after the host is gone', async ({
  browser,
  watch,
  allowPageErrors,
}) => {
  const host = await plainHost();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    watch(page);
    await page.goto(`${host.url}?v=1&preset=smoke&sft_steps=20000`);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await controlled(page);
    const outside = host.asked.filter((path) => !path.startsWith('/deep/er/'));
    expect(outside).toEqual([]);
    await host.close();
    allowPageErrors(/Failed to load resource|ERR_CONNECTION_REFUSED/);
    await page.reload();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForFunction(() => Number(document.querySelector('.counter b')?.textContent) > 2);
    await page.getByRole('link', { name: 'Evaluation' }).click();
    await page.getByRole('heading', { name: 'Evaluation', exact: true }).waitFor();
  } finally {
    await context.close();
    await host.close().catch(() => undefined);
  }
});
