// Test-vector backends that are engines: the fused wasm kernels in Node, the heads of the others in headless Chromium.

import type { Page } from 'playwright-core';
import { fixturePage } from '../../tests/browser/fixturePages.ts';
import type { EngineCalls, HeadBackend } from '../../tests/browser/pages/engine.worker.ts';
import { createFusedHead } from '../engine/wasm/head.ts';
import { type ChromiumAdapter, launchChromium } from '../tooling/chromium.ts';
import type { VectorBackend } from './backend.ts';

/** The fused wasm engine's head kernels; tolerance 1e-5, as for float32 on the CPU. */
export async function wasmVectors(): Promise<VectorBackend> {
  const head = await createFusedHead();
  return {
    name: 'wasm',
    tolerance: 1e-5,
    logProbs: async (logits, tokens, _, vocab) => head.logProbs(logits, tokens, vocab),
    gradLogits: async (logits, tokens, tokenWeights, entropyWeights, _, vocab) =>
      head.gradient(logits, tokens, tokenWeights, entropyWeights, vocab),
  };
}

/**
 * An engine's head in a headless Chromium: the machine's own GPU where `COSMO_ADAPTER=system` is set, else
 * the software adapter, which is the same everywhere.
 */
export async function browserVectors(name: HeadBackend, tolerance: number): Promise<VectorBackend> {
  const adapter: ChromiumAdapter = process.env.COSMO_ADAPTER === 'system' ? 'system' : 'swiftshader';
  const served = await fixturePage('engine');
  const browser = await launchChromium({ adapter });
  const dispose = async () => {
    await browser.close();
    await served.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(served.url);
    await page.waitForFunction(() => window.enginePage !== undefined);
    return { ...headOn(page, name), name, tolerance, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Both halves of the head, computed in the page's worker. */
function headOn(page: Page, name: HeadBackend): Pick<VectorBackend, 'logProbs' | 'gradLogits'> {
  return {
    logProbs: async (logits, tokens, _, vocab) => {
      const args: Parameters<EngineCalls['headLogProbs']> = [name, [...logits], [...tokens], vocab];
      const found = await page.evaluate((given) => window.enginePage.call('headLogProbs', ...given), args);
      return { logp: Float32Array.from(found.logp), entropy: Float32Array.from(found.entropy) };
    },
    gradLogits: async (logits, tokens, tokenWeights, entropyWeights, _, vocab) => {
      const rows = [logits, tokens, tokenWeights, entropyWeights].map((values) => [...values]);
      const args = [name, ...rows, vocab] as Parameters<EngineCalls['headGradient']>;
      return Float32Array.from(
        await page.evaluate((given) => window.enginePage.call('headGradient', ...given), args),
      );
    },
  };
}
