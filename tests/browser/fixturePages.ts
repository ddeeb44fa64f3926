// Builds pages of tests/browser/pages as the real page is built (minified, module workers) and serves them on this machine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const PAGES = fileURLToPath(new URL('pages', import.meta.url));

/** The page's address, and what takes it down again. */
export type ServedPage = { url: string; close(): Promise<void> };

const served = new Map<string, Promise<ServedPage>>();

/** The page `NAME.html`: built and served at the first call of a process, and there until it is closed or the process ends. */
export function fixturePage(name: string): Promise<ServedPage> {
  const page = served.get(name) ?? serve(name);
  served.set(name, page);
  return page;
}

async function serve(name: string): Promise<ServedPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'cosmo-pages-'));
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
      rolldownOptions: { input: join(PAGES, `${name}.html`) },
    },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const address = server.httpServer.address();
  if (typeof address !== 'object' || !address) throw new Error(`The page ${name} has no address.`);
  return {
    url: `http://127.0.0.1:${address.port}/${name}.html`,
    close: async () => {
      served.delete(name);
      await server.close();
      // vite listens on standard input, which would keep the command alive.
      process.stdin.unref?.();
      process.removeListener('exit', remove);
      remove();
    },
  };
}
