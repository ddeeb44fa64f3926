// Serves the benchmark's page on this machine, isolated or not.

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServedPage, serveBuiltPage } from './builtPages.ts';

const TFJS_WASM = fileURLToPath(
  new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist', import.meta.url),
);

/**
 * `isolated`: with the headers that give SharedArrayBuffer, which tfjs and jax-js need for threads. Not minified: the threads
 * of tfjs's wasm backend break under minification.
 */
export async function serveBench(isolated: boolean): Promise<ServedPage> {
  return await serveBuiltPage({
    root: fileURLToPath(new URL('./page', import.meta.url)),
    file: 'bench.html',
    minify: false,
    ...(isolated
      ? {
          headers: {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
          },
        }
      : {}),
    addFiles: (outDir) => {
      mkdirSync(join(outDir, 'tfjs-wasm'));
      for (const name of ['', '-simd', '-threaded-simd']) {
        const file = `tfjs-backend-wasm${name}.wasm`;
        copyFileSync(join(TFJS_WASM, file), join(outDir, 'tfjs-wasm', file));
      }
    },
  });
}
