// The built page opens without errors, and the test browser offers WebGPU.

import type { BrowserTest } from './types.ts';

export const tests: BrowserTest[] = [
  {
    name: 'loads without console errors',
    async run({ newPage, assert, consoleErrors }) {
      const page = await newPage();
      await page.locator('#app > *').first().waitFor();
      await page.waitForTimeout(500);
      assert.equal([...consoleErrors], []);
    },
  },
  {
    name: 'has a WebGPU adapter on SwiftShader, and none where it is switched off',
    async run({ newPage, assert, launch, watch, baseUrl }) {
      const vendor = async () => (await navigator.gpu?.requestAdapter())?.info.architecture ?? null;
      const page = await newPage();
      assert.equal(await page.evaluate(vendor), 'swiftshader');
      const bare = await (await launch({ adapter: 'none' })).newPage();
      watch(bare);
      await bare.goto(baseUrl);
      assert.equal(await bare.evaluate(vendor), null);
    },
  },
];
