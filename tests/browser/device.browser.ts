// The view Device as a user uses it: what this browser computes on, another engine chosen, memory and storage.

import { expect, test } from './fixtures.ts';

const SLOW_MS = 60_000;

test('device: engine, adapter and storage are told, and another engine can be chosen', async ({
  newPage,
}) => {
  const page = await newPage('?v=2&preset=smoke#device');
  const engine = page.getByRole('region', { name: 'Engine' });
  await engine.getByText('Why this one: The fused wasm engine').waitFor({ timeout: SLOW_MS });

  // The tests' Chromium has WebGPU on a software renderer.
  const adapter = page.getByRole('region', { name: 'Graphics adapter' });
  await adapter.getByText('A software renderer').waitFor();
  const buffer = adapter.locator('dt', { hasText: 'Largest buffer' }).locator('+ dd b');
  expect((await buffer.textContent()) ?? '').toMatch(/^[\d.]+ [MG]B$/);

  const memory = page.getByRole('region', { name: 'Memory and storage' });
  const used = memory.locator('dt', { hasText: 'Storage used' }).locator('+ dd b');
  expect((await used.textContent()) ?? '').toMatch(/^[\d.]+ [kM]?B of [\d.]+ [MGT]B$/);
  const threads = page.getByRole('region', { name: 'Threads and offline use' });
  const cores = threads.locator('dt', { hasText: 'Processor cores' }).locator('+ dd b');
  expect(Number(await cores.textContent())).toEqual(await page.evaluate(() => navigator.hardwareConcurrency));

  const speed = page.getByRole('region', { name: 'Speed' });
  await speed.getByText('Time unknown').waitFor({ timeout: SLOW_MS });
  await speed.getByRole('button', { name: 'Time one step' }).click();
  await speed.getByText(/This run will take about \d/).waitFor({ timeout: SLOW_MS });

  await engine.getByText('Other engines, and what they are for').click();
  expect(await engine.getByRole('button', { name: 'Chosen auto' }).isDisabled()).toBe(true);
  await engine.getByRole('button', { name: 'Choose cpu' }).click();
  await engine.getByText('Why this one: "cpu" was chosen').waitFor({ timeout: SLOW_MS });
  expect(await engine.getByRole('button', { name: 'Chosen cpu' }).isDisabled()).toBe(true);
  expect(page.url()).toMatch(/engine=cpu/);
  await page.getByRole('link', { name: 'Train' }).click();
  expect(await page.getByRole('combobox', { name: 'Engine', exact: true }).inputValue()).toBe('cpu');
  expect(await page.locator('.alert').count()).toBe(0);
});

test('device: an engine that is not here is refused in words, and what is here is still told', async ({
  launch,
  baseUrl,
  watch,
}) => {
  const browser = await launch({ adapter: 'none' });
  const page = await browser.newPage();
  watch(page);
  await page.goto(`${baseUrl}?v=2&preset=smoke&engine=wgsl#device`);
  const engine = page.getByRole('region', { name: 'Engine' });
  await engine.getByText('Why this one: The fused wasm engine').waitFor({ timeout: SLOW_MS });
  await page.getByRole('alert').getByText('WebGPU finds no graphics adapter.', { exact: true }).waitFor();
  await page.getByText('This browser has WebGPU, but finds no graphics adapter').waitFor();
  await engine.getByText('Other engines, and what they are for').click();
  const row = engine.getByRole('listitem').filter({ hasText: 'wgsl Our fused engine' });
  await row.getByText('Not here: this browser lacks a graphics adapter for WebGPU.').waitFor();
  expect(await row.getByRole('button').isDisabled()).toBe(true);
  await engine.getByRole('button', { name: 'Choose wasm' }).click();
  await engine.getByText('Why this one: "wasm" was chosen').waitFor({ timeout: SLOW_MS });
});
