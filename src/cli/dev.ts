// `npm run dev`: serves the sources with live reload.

import { createServer } from 'vite';
import { command } from './command.ts';
import { interrupted } from './interrupts.ts';

export const main = command({
  line: 'npm run dev',
  about: 'Serves the sources with live reload. Ctrl-C ends it.',
  flags: {},
  run: async () => {
    const server = await createServer();
    await server.listen();
    server.printUrls();
    await interrupted();
    await server.close();
  },
});
