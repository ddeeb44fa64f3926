// Builds the benchmark's page into a temporary folder and serves it on this machine, isolated or not.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const PAGE = fileURLToPath(new URL('./page', import.meta.url));
const TFJS_WASM = fileURLToPath(
  new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist', import.meta.url),
);

export type ServedBench = { url: string; close(): Promise<void> };

/**
 * `isolated`: with the headers that give SharedArrayBuffer, which tfjs and jax-js need for threads. Not minified: the threads
 * of tfjs's wasm backend break under minification.
 */
export async function serveBench(isolated: boolean): Promise<ServedBench> {
  const outDir = mkdtempSync(join(tmpdir(), 'cosmo-bench-'));
  const remove = () => rmSync(outDir, { recursive: true, force: true });
  process.once('exit', remove);
  const common = { root: PAGE, configFile: false, logLevel: 'error', publicDir: false, base: '/' } as const;
  await build({
    ...common,
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      rolldownOptions: {
        input: join(PAGE, 'bench.html'),
        checks: { pluginTimings: false, ineffectiveDynamicImport: false },
      },
    },
  });
  mkdirSync(join(outDir, 'tfjs-wasm'));
  for (const name of ['', '-simd', '-threaded-simd']) {
    const file = `tfjs-backend-wasm${name}.wasm`;
    copyFileSync(join(TFJS_WASM, file), join(outDir, 'tfjs-wasm', file));
  }
  const headers = isolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {};
  const known = process.listeners('SIGTERM');
  const server = await preview({
    ...common,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, headers },
  });
  // vite would exit at once on SIGTERM, and what is measured would be lost.
  for (const listener of process.listeners('SIGTERM')) {
    if (!known.includes(listener)) process.off('SIGTERM', listener);
  }
  const address = server.httpServer.address();
  if (typeof address !== 'object' || !address) throw new Error('The page of the benchmark has no address.');
  return {
    url: `http://127.0.0.1:${address.port}/bench.html`,
    close: async () => {
      await server.close();
      // vite listens on standard input, which would keep the command alive.
      process.stdin.unref?.();
      remove();
    },
  };
}
