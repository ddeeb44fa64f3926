// Serves the built page on this machine alone.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const DEFAULT_PORT = 4173;
/** Where the build puts the page. */
export const PAGE_FOLDER = 'dist';

export type PageServer = {
  /** Address of the page, with a slash at the end. */
  url: string;
  close(): Promise<void>;
};

/** Serves a built page on 127.0.0.1 at `port` or the next free one. @throws where there is none in the folder. */
export async function servePage(port = DEFAULT_PORT, folder = PAGE_FOLDER): Promise<PageServer> {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`There is no built page in ${folder}: run npm run build first.`);
  const { preview } = await import('vite');
  const server = await preview({
    logLevel: 'warn',
    build: { outDir: resolve(folder) },
    preview: { port, strictPort: false, host: '127.0.0.1', open: false },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The preview server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
