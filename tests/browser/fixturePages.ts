// Builds pages of tests/browser/pages as the real page is built (minified, module workers) and serves them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const PAGES = join(dirname(fileURLToPath(import.meta.url)), 'pages');

const served = new Map<string, Promise<string>>();

/** The address of the page `pages/NAME.html`, built once per run of the tests. */
export function fixturePage(name: string): Promise<string> {
  const known = served.get(name);
  if (known) return known;
  const address = serve(name);
  served.set(name, address);
  return address;
}

async function serve(name: string): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'cosmo-pages-'));
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  const common = { root: PAGES, configFile: false, logLevel: 'warn', publicDir: false, base: './' } as const;
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
  if (typeof address !== 'object' || !address) throw new Error('The test pages have no address.');
  return `http://127.0.0.1:${address.port}/${name}.html`;
}
