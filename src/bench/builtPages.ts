// Builds pages of this repository that are not the playground into a temporary folder, and serves them on this machine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

/** The page's address, and what takes it down again. */
export type ServedPage = { url: string; close(): Promise<void> };

export type PageSource = {
  /** Folder of the page, and its file there. */
  root: string;
  file: string;
  /** As the real page is built. */
  minify: boolean;
  headers?: { readonly [name: string]: string };
  /** What else must lie in the folder that is served. */
  addFiles?: (outDir: string) => void;
};

/** Builds and serves; the folder is removed when the page is closed or the process ends. */
export async function serveBuiltPage(source: PageSource): Promise<ServedPage> {
  const { root, file, minify, headers, addFiles } = source;
  const outDir = mkdtempSync(join(tmpdir(), 'cosmo-pages-'));
  const remove = () => rmSync(outDir, { recursive: true, force: true });
  process.once('exit', remove);
  const common = { root, configFile: false, logLevel: 'error', publicDir: false, base: './' } as const;
  await build({
    ...common,
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      ...(minify ? {} : { minify: false }),
      rolldownOptions: {
        input: join(root, file),
        checks: { pluginTimings: false, ineffectiveDynamicImport: false },
      },
    },
  });
  addFiles?.(outDir);
  const known = process.listeners('SIGTERM');
  const server = await preview({
    ...common,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, headers: { ...headers } },
  });
  // vite would exit at once on SIGTERM, and what is under way would be lost.
  for (const listener of process.listeners('SIGTERM')) {
    if (!known.includes(listener)) process.off('SIGTERM', listener);
  }
  const address = server.httpServer.address();
  if (typeof address !== 'object' || !address) throw new Error(`The page ${file} has no address.`);
  return {
    url: `http://127.0.0.1:${address.port}/${file}`,
    close: async () => {
      await server.close();
      // vite listens on standard input, which would keep the command alive.
      process.stdin.unref?.();
      process.removeListener('exit', remove);
      remove();
    },
  };
}
