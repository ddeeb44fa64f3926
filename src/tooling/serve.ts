// Serves the built page on this machine alone.

import { existsSync } from 'node:fs';

export const DEFAULT_PORT = 4173;

export type PageServer = {
  /** Address of the page, with a slash at the end. */
  url: string;
  close(): Promise<void>;
};

/** Serves dist/ on 127.0.0.1 at `port` or the next free one. @throws where the page is not built. */
export async function servePage(port = DEFAULT_PORT): Promise<PageServer> {
  if (!existsSync('dist/index.html')) throw new Error('The page is not built: run npm run build first.');
  const { preview } = await import('vite');
  const server = await preview({
    logLevel: 'warn',
    preview: { port, strictPort: false, host: '127.0.0.1', open: false },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The preview server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
