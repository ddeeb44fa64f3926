// Before the browser tests: the page is built where its sources have changed, and served until their end.

import { ensurePage } from '../../src/tooling/build.ts';
import { servePage } from '../../src/tooling/serve.ts';

/** Away from the port of `npm start`, which may be running. */
const TEST_PORT = 4273;

async function serveBuiltPage(): Promise<() => Promise<void>> {
  await ensurePage();
  const server = await servePage({ port: TEST_PORT });
  // The workers of the tests inherit it.
  process.env.COSMO_PAGE_URL = server.url;
  return () => server.close();
}

// biome-ignore lint/style/noDefaultExport: Playwright asks for one.
export default serveBuiltPage;
