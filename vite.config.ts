// How the page is built and served: static files that work at any path of any host, with module workers.

import { defineConfig } from 'vite';

/** A page served with these is cross-origin isolated: its compute engine may then use several threads. Without them it uses one. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  // The bundler's notes on its own timing and on tfjs-core's imports say nothing that could be mended here.
  build: {
    target: 'es2022',
    sourcemap: false,
    rolldownOptions: { checks: { pluginTimings: false, ineffectiveDynamicImport: false } },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', headers: isolation },
  preview: { host: '127.0.0.1', headers: isolation },
});
