// Test-vector backends that are engines: the fused kernels in Node, the eager engine's head in headless Chromium.

import type { Browser } from 'playwright-core';
import { fixturePage } from '../../tests/browser/fixturePages.ts';
import type { EagerBackendName } from '../engine/eager/backends.ts';
import { createFusedHead } from '../engine/wasm/head.ts';
import { type ChromiumAdapter, launchChromium } from './chromium.ts';
import type { VectorBackend } from './vectorsBackend.ts';

/** The fused wasm engine's head kernels; tolerance 1e-5, as for float32 on the CPU. */
export async function wasmVectors(): Promise<VectorBackend> {
  const head = await createFusedHead();
  return {
    name: 'wasm',
    tolerance: 1e-5,
    logProbs: async (logits, tokens, _, vocab) => head.logProbs(Float32Array.from(logits), tokens, vocab),
    gradLogits: async (logits, tokens, tokenWeights, entropyWeights, _, vocab) =>
      head.gradient(
        Float32Array.from(logits),
        tokens,
        Float32Array.from(tokenWeights),
        Float32Array.from(entropyWeights),
        vocab,
      ),
  };
}

/**
 * The eager engine's head on a backend of a headless Chromium: the machine's own GPU where `COSMO_ADAPTER=system` is set, else
 * the software adapter, which is the same everywhere.
 */
export async function browserVectors(name: EagerBackendName, tolerance: number): Promise<VectorBackend> {
  const adapter: ChromiumAdapter = process.env.COSMO_ADAPTER === 'system' ? 'system' : 'swiftshader';
  const browser = await launchChromium({ adapter });
  try {
    const page = await openPage(browser);
    return {
      name,
      tolerance,
      logProbs: async (logits, tokens, _, vocab) =>
        page.evaluate(
          ([backend, z, targets, size]) => window.enginePage.call('headLogProbs', backend, z, targets, size),
          [name, Array.from(logits), Array.from(tokens), vocab] as [
            EagerBackendName,
            number[],
            number[],
            number,
          ],
        ),
      gradLogits: async (logits, tokens, tokenWeights, entropyWeights, _, vocab) =>
        page.evaluate(
          ([backend, z, targets, w, e, size]) =>
            window.enginePage.call('headGradient', backend, z, targets, w, e, size),
          [
            name,
            Array.from(logits),
            Array.from(tokens),
            Array.from(tokenWeights),
            Array.from(entropyWeights),
            vocab,
          ] as [EagerBackendName, number[], number[], number[], number[], number],
        ),
      dispose: async () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function openPage(browser: Browser) {
  const page = await browser.newPage();
  await page.goto(await fixturePage('engine'));
  await page.waitForFunction(() => window.enginePage !== undefined);
  return page;
}
