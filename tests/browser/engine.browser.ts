// Every engine in a worker of a real browser: the same numbers as the fused one, on the backend that was meant.

import type { Page } from '@playwright/test';
import type { EngineChoice } from '../../src/terms/engines.ts';
import { fixturePage } from './fixturePages.ts';
import { expect, test } from './fixtures.ts';

async function open(newPage: (address: string) => Promise<Page>): Promise<Page> {
  const page = await newPage((await fixturePage('engine')).url);
  await page.waitForFunction(() => window.enginePage !== undefined);
  return page;
}

type Backbones = readonly ('qwen-mini' | 'internvl-mini')[];

/** `backend`: the name that tfjs must be using at the end. The backbones share a page, and so what is compiled for both. */
function agreement(choice: EngineChoice, backend: string, backbones: Backbones): void {
  test(`${choice} computes what the fused engine computes (${backbones.join(', ')})`, async ({ newPage }) => {
    const page = await open(newPage);
    for (const backbone of backbones) await checkAgreement(page, choice, backend, backbone);
  });
}

async function checkAgreement(
  page: Page,
  choice: EngineChoice,
  backend: string,
  backbone: Backbones[number],
): Promise<void> {
  const found = await page.evaluate(([name, model]) => window.enginePage.call('compare', name, model), [
    choice,
    backbone,
  ] as const);
  expect(found.engine).toBe(choice);
  expect(found.tier).toBe(choice === 'wasm' || choice === 'wgsl' ? 'fused' : 'eager');
  expect(found.tfBackend).toBe(backend);
  if (choice === 'webgpu' || choice === 'wgsl') expect(found.adapter).toMatch(/swiftshader/i);
  // tfjs submits dozens of times for what the plan does in seven.
  const [fewest, most] = { webgpu: [20, Number.POSITIVE_INFINITY], wgsl: [5, 10] }[choice as string] ?? [
    0, 0,
  ];
  expect(found.submits, 'submits to the GPU').toBeGreaterThanOrEqual(fewest);
  expect(found.submits, 'submits to the GPU').toBeLessThanOrEqual(most);
  for (const key of ['logp', 'entropy', 'values', 'gradNorm', 'gradient', 'attention', 'logProbs'] as const) {
    expect(Math.abs(found[key]), `${key} of ${backbone}`).toBeLessThanOrEqual(1e-4);
  }
  expect(Math.abs(found.parameters), `parameters of ${backbone}`).toBeLessThanOrEqual(1e-3);
  expect(found.tokens).toEqual(found.expectedTokens);
  expect(found.leaked, 'tensors left behind').toBe(0);
}

function breaking(choice: 'webgpu' | 'wgsl', how: 'lose' | 'misuse', pattern: RegExp): void {
  const what = how === 'lose' ? 'a lost device' : 'an uncaptured error';
  test(`${choice}: ${what} rejects calls, and a new engine works`, async ({ newPage }) => {
    const page = await open(newPage);
    const found = await page.evaluate(([name, way]) => window.enginePage.call('breakDevice', name, way), [
      choice,
      how,
    ] as const);
    expect(found.code).toBe('device-lost');
    expect(found.message).toMatch(pattern);
    expect(found.recovered, 'the new engine gives log-probs').toBeTruthy();
  });
}

agreement('wasm', '', ['qwen-mini']);
agreement('cpu', 'cpu', ['qwen-mini']);
const BOTH = ['qwen-mini', 'internvl-mini'] as const;
agreement('wgsl', '', BOTH);
agreement('webgpu', 'webgpu', BOTH);
agreement('webgl', 'webgl', BOTH);
agreement('tfjs-wasm', 'wasm', BOTH);
breaking('webgpu', 'lose', /lost/);
breaking('webgpu', 'misuse', /reports an error/);
breaking('wgsl', 'lose', /lost/);
breaking('wgsl', 'misuse', /reports an error/);

test('wgsl measures its kernels once per adapter: without barriers on a software one', async ({
  newPage,
}) => {
  const page = await open(newPage);
  const { first, second } = await page.evaluate(() => window.enginePage.call('tune'));
  expect(first.variants.matmul).not.toBe('tiled');
  expect(second.variants).toEqual(first.variants);
  expect(second.ms).toBeLessThan(first.ms / 2);
});

test('auto takes the fused engine on a software adapter, without measuring, and says why', async ({
  newPage,
}) => {
  const page = await open(newPage);
  const found = await page.evaluate(() => window.enginePage.call('choose', 'auto'));
  expect(found.name).toBe('wasm');
  expect(found.reason).toMatch(/swiftshader.*software/i);
  expect(found.measuredMs).toEqual({});
});

test('a forced WebGPU without an adapter is refused with a way on; auto goes without', async ({
  launch,
  watch,
}) => {
  const browser = await launch({ adapter: 'none' });
  const page = await browser.newPage();
  watch(page);
  await page.goto((await fixturePage('engine')).url);
  await page.waitForFunction(() => window.enginePage !== undefined);
  const forced = await page.evaluate(() => window.enginePage.call('choose', 'webgpu'));
  expect(forced.code).toBe('no-device');
  expect(forced.reason).toMatch(/WebGPU/);
  expect(forced.hint).toMatch(/wasm/);
  const auto = await page.evaluate(() => window.enginePage.call('choose', 'auto'));
  expect(auto.name).toBe('wasm');
  expect(auto.reason).toMatch(/WebGPU/);
});
