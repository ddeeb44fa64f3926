// How the unit tests run: in Node, with one copy of tfjs.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  // tfjs has `main` (CommonJS) and `module` entries; mixing them would load two copies of it.
  resolve: { mainFields: ['module', 'main'] },
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/browser/**', 'node_modules/**'],
    environment: 'node',
    globalSetup: ['tests/engine/kernelsSetup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { inline: [/@tensorflow/] } },
  },
});
