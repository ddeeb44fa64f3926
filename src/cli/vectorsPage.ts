// Builds the page of the engine tests and serves it on this machine, until it is closed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const PAGES = fileURLToPath(new URL('../../tests/browser/pages', import.meta.url));

/** The page's address, and what takes it down again. */
export type ServedPage = { url: string; close(): Promise<void> };

/** Builds tests/browser/pages/engine.html as the real page is built, and serves it on a free port. */
export async function serveEnginePage(): Promise<ServedPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'cosmo-vectors-'));
  const remove = () => rmSync(outDir, { recursive: true, force: true });
  process.once('exit', remove);
  const common = { root: PAGES, configFile: false, logLevel: 'error', publicDir: false, base: './' } as const;
  await build({
    ...common,
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: { input: join(PAGES, 'engine.html') },
    },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const address = server.httpServer.address();
  if (typeof address !== 'object' || !address) throw new Error('The engine page has no address.');
  return {
    url: `http://127.0.0.1:${address.port}/engine.html`,
    close: async () => {
      await server.close();
      // vite listens on standard input, which would keep the command alive.
      process.stdin.unref?.();
      remove();
    },
  };
}
