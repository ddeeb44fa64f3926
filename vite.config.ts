// How the page is built and served: static files that work at any path of any host, with module workers.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import packageJson from './package.json' with { type: 'json' };
import { sourcesOfTree } from './src/tooling/codeIdentity.ts';
import { precache, SERVICE_WORKER } from './src/tooling/precache.ts';

const { version } = packageJson;

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A page served with these is cross-origin isolated: its compute engine may then use several threads. Without them it uses one. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig(({ isPreview }) => ({
  base: './',
  // A preview only serves: it need not hash the sources.
  define: isPreview ? {} : { __COSMO_CODE__: JSON.stringify({ version, ...sourcesOfTree() }) },
  // The bundler's notes on its own timing and on tfjs-core's imports say nothing that could be mended here.
  build: {
    target: 'es2022',
    sourcemap: false,
    // Read by the check of the page's weight.
    manifest: true,
    rolldownOptions: {
      // The service worker must lie beside the page, under a name that never changes.
      input: { index: at('index.html'), sw: at('workers/offline.worker.ts') },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? SERVICE_WORKER : 'assets/[name]-[hash].js') },
      checks: { pluginTimings: false, ineffectiveDynamicImport: false },
    },
  },
  plugins: [precache(at('public'))],
  worker: {
    format: 'es',
    // The program of a worker lies in a chunk of its own, which its entry imports: for a part that is loaded later and imports from
    // the entry, WebKit would run that again, and each message would be answered twice.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'program', test: /workers[\\/]\w+Program\.ts$/ }] } },
      checks: { ineffectiveDynamicImport: false },
    },
  },
  server: { host: '127.0.0.1', headers: isolation },
  preview: { host: '127.0.0.1', headers: isolation },
}));
