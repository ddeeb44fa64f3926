// The built page opens without errors, and the test browser offers WebGPU.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';

test('loads without console errors', async ({ newPage, consoleErrors }) => {
  const page = await newPage();
  await page.locator('#app > *').first().waitFor();
  await page.waitForTimeout(500);
  expect([...consoleErrors]).toEqual([]);
});

test('has a WebGPU adapter on SwiftShader, and none where it is switched off', async ({
  newPage,
  launch,
  watch,
  baseUrl,
}) => {
  const vendor = async () => (await navigator.gpu?.requestAdapter())?.info.architecture ?? null;
  const page = await newPage();
  expect(await page.evaluate(vendor)).toBe('swiftshader');
  const bare = await (await launch({ adapter: 'none' })).newPage();
  watch(bare);
  await bare.goto(baseUrl);
  expect(await bare.evaluate(vendor)).toBe(null);
});

test('no part of the page imports from the entry of a worker, which WebKit would run a second time', () => {
  const files = readdirSync('dist/assets').filter((name) => name.endsWith('.js'));
  const importing = files.filter((name) =>
    /(from|import) ?"\.\/\w+\.worker-/.test(readFileSync(join('dist/assets', name), 'utf8')),
  );
  expect(importing).toEqual([]);
});
