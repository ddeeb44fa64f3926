// Serves the built page on this machine alone.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, UsageError } from '../base/errors.ts';

export const DEFAULT_PORT = 4173;
/** Where the build puts the page. */
export const PAGE_FOLDER = 'dist';

export type PageServer = {
  /** Address of the page, with a slash at the end. */
  url: string;
  close(): Promise<void>;
};

export type ServeOptions = {
  port?: number;
  /** That port or none; else the next free one will do. */
  exact?: boolean;
  /** Of a built page. */
  folder?: string;
};

/** Serves a built page on 127.0.0.1. @throws UsageError for a port that cannot be had, Error where there is no page in the folder. */
export async function servePage(options: ServeOptions = {}): Promise<PageServer> {
  const { port = DEFAULT_PORT, exact = false, folder = PAGE_FOLDER } = options;
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`There is no built page in ${folder}: run npm run build first.`);
  const { preview } = await import('vite');
  try {
    const server = await preview({
      logLevel: 'warn',
      build: { outDir: resolve(folder) },
      preview: { port, strictPort: exact, host: '127.0.0.1', open: false },
    });
    const address = server.httpServer.address();
    if (address === null || typeof address === 'string') throw new Error('The preview server has no port.');
    return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
  } catch (error) {
    throw portError(error, port);
  }
}

/** What the server threw, as a refusal of its port where it is one. */
export function portError(error: unknown, port: number): unknown {
  const why = messageOf(error);
  if (/already in use|EADDRINUSE/.test(why))
    return new UsageError(`Port ${port} is taken by another program.`, 'Choose another one with --port.');
  if (/EACCES/.test(why))
    return new UsageError(`This user may not serve on port ${port}.`, 'Choose one from 1024 on with --port.');
  return error;
}
