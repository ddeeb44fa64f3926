// How the browser tests run: in this machine's Chromium with WebGPU on a software adapter, against the built page.

import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './src/tooling/chromium.ts';

export default defineConfig({
  // The page in Chromium, and the walk through it in each browser.
  projects: [
    { name: 'page', testDir: 'tests/browser', testMatch: '*.browser.ts' },
    { name: 'walk', testDir: 'tests/walk', testMatch: '*.browser.ts', timeout: 600_000 },
  ],
  globalSetup: './tests/browser/serveBuiltPage.ts',
  outputDir: 'test-results',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // A test that passes at the second try hides a fault.
  retries: 0,
  // Each test waits half of its time for workers and for the page.
  workers: 2,
  reporter: 'list',
  use: {
    launchOptions: chromiumLaunchOptions({ adapter: 'swiftshader' }),
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
});
