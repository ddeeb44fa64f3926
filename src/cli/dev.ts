// `npm run dev`: serves the sources with live reload.

import { createServer } from 'vite';

export async function main(): Promise<number> {
  const server = await createServer();
  await server.listen();
  server.printUrls();
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
  await server.close();
  return 0;
}
