// The pages of tests/browser/pages, built as the real page is (minified, module workers) and served on this machine.

import { fileURLToPath } from 'node:url';
import { type ServedPage, serveBuiltPage } from '../../src/bench/builtPages.ts';

const PAGES = fileURLToPath(new URL('pages', import.meta.url));

const served = new Map<string, Promise<ServedPage>>();

/** The page `NAME.html`: built and served at the first call of a process, and there until it is closed or the process ends. */
export function fixturePage(name: string): Promise<ServedPage> {
  const page = served.get(name) ?? serve(name);
  served.set(name, page);
  return page;
}

async function serve(name: string): Promise<ServedPage> {
  const page = await serveBuiltPage({ root: PAGES, file: `${name}.html`, minify: true });
  return {
    url: page.url,
    close: async () => {
      served.delete(name);
      await page.close();
    },
  };
}
