// Every engine in a worker of a real browser: the same numbers as the fused one, on the backend that was meant.

import type { Page } from 'playwright-core';
import type { EngineChoice } from '../../src/terms/engines.ts';
import { fixturePage } from './fixturePages.ts';
import type { BrowserTest, BrowserTestContext } from './types.ts';

async function openPage({ browser, watch }: BrowserTestContext, work: (page: Page) => Promise<void>) {
  const { url } = await fixturePage('engine');
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    watch(page);
    await page.goto(url);
    await page.waitForFunction(() => window.enginePage !== undefined);
    await work(page);
  } finally {
    await context.close();
  }
}

/** `backend`: the name that tfjs must be using at the end. */
function agreement(
  choice: EngineChoice,
  backend: string,
  backbones: readonly ('qwen-mini' | 'internvl-mini')[],
) {
  return backbones.map(
    (backbone): BrowserTest => ({
      name: `${choice} computes what the fused engine computes (${backbone})`,
      run: (context) =>
        openPage(context, async (page) => {
          const { assert } = context;
          const found = await page.evaluate(
            ([name, model]) => window.enginePage.call('compare', name, model),
            [choice, backbone] as const,
          );
          assert.equal(found.engine, choice);
          assert.equal(found.tier, choice === 'wasm' || choice === 'wgsl' ? 'fused' : 'eager');
          assert.equal(found.tfBackend, backend);
          if (choice === 'webgpu' || choice === 'wgsl') assert.match(found.adapter, /swiftshader/i);
          // tfjs submits dozens of times for what the plan does in seven.
          const submits = { webgpu: [20, Number.POSITIVE_INFINITY], wgsl: [5, 10] }[choice as string] ?? [
            0, 0,
          ];
          const isMeant = found.submits >= submits[0] && found.submits <= submits[1];
          assert.ok(isMeant, `${found.submits} submits to the GPU`);
          for (const key of [
            'logp',
            'entropy',
            'values',
            'gradNorm',
            'gradient',
            'attention',
            'logProbs',
          ] as const) {
            assert.near(found[key], 0, 1e-4, key);
          }
          assert.near(found.parameters, 0, 1e-3, 'parameters');
          assert.equal(found.tokens, found.expectedTokens);
          assert.equal(found.leaked, 0, 'tensors left behind');
        }),
    }),
  );
}

function breaking(choice: 'webgpu' | 'wgsl', how: 'lose' | 'misuse', pattern: RegExp): BrowserTest {
  return {
    name: `${choice}: ${how === 'lose' ? 'a lost device' : 'an uncaptured error'} rejects calls, and a new engine works`,
    run: (context) =>
      openPage(context, async (page) => {
        const found = await page.evaluate(([name, way]) => window.enginePage.call('breakDevice', name, way), [
          choice,
          how,
        ] as const);
        context.assert.equal(found.code, 'device-lost');
        context.assert.match(found.message, pattern);
        context.assert.ok(found.recovered, 'the new engine gives log-probs');
      }),
  };
}

export const tests: BrowserTest[] = [
  ...agreement('wasm', '', ['qwen-mini']),
  ...agreement('wgsl', '', ['qwen-mini', 'internvl-mini']),
  ...agreement('webgpu', 'webgpu', ['qwen-mini', 'internvl-mini']),
  ...agreement('webgl', 'webgl', ['qwen-mini', 'internvl-mini']),
  ...agreement('tfjs-wasm', 'wasm', ['qwen-mini', 'internvl-mini']),
  ...agreement('cpu', 'cpu', ['qwen-mini']),
  breaking('webgpu', 'lose', /lost/),
  breaking('webgpu', 'misuse', /reports an error/),
  breaking('wgsl', 'lose', /lost/),
  breaking('wgsl', 'misuse', /reports an error/),
  {
    name: 'wgsl measures its kernels once per adapter: without barriers on a software one',
    run: (context) =>
      openPage(context, async (page) => {
        const { first, second } = await page.evaluate(() => window.enginePage.call('tune'));
        context.assert.ok(
          first.variants.matmul !== 'tiled',
          `${first.variants.matmul} on a software adapter`,
        );
        context.assert.equal(second.variants, first.variants);
        context.assert.ok(second.ms < first.ms / 2, `${first.ms} ms, then ${second.ms} ms`);
      }),
  },
  {
    name: 'auto takes the fused engine on a software adapter, without measuring, and says why',
    run: (context) =>
      openPage(context, async (page) => {
        const found = await page.evaluate(() => window.enginePage.call('choose', 'auto'));
        context.assert.equal(found.name, 'wasm');
        context.assert.match(found.reason, /swiftshader.*software/i);
        context.assert.equal(found.measuredMs, {});
      }),
  },
  {
    name: 'a forced WebGPU without an adapter is refused with a way on; auto goes without',
    run: async ({ launch, watch, assert }) => {
      const browser = await launch({ adapter: 'none' });
      const page = await browser.newPage();
      watch(page);
      await page.goto((await fixturePage('engine')).url);
      await page.waitForFunction(() => window.enginePage !== undefined);
      const forced = await page.evaluate(() => window.enginePage.call('choose', 'webgpu'));
      assert.equal(forced.code, 'no-device');
      assert.match(forced.reason, /WebGPU/);
      assert.match(forced.hint, /wasm/);
      const auto = await page.evaluate(() => window.enginePage.call('choose', 'auto'));
      assert.equal(auto.name, 'wasm');
      assert.match(auto.reason, /WebGPU/);
    },
  },
];
