// The profile of a run: what the browser keeps in it does not stand between a resumed run and the page of today.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrainPage } from '../../src/cli/train/page.ts';
import { expect, test } from './fixtures.ts';

/** As much of the page as the command asks for; `settings` tells which one it is. */
const pageNamed = (name: string) => `<!doctype html><title>${name}</title><script>
  const kept = ${name === 'old'} ? navigator.serviceWorker.register('sw.js').then(() => navigator.serviceWorker.ready) : null;
  window.cosmo = { ready: async () => void (await kept), subscribe: () => undefined, settings: () => '${name}' };
</script>`;

const SERVICE_WORKER = `
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('fetch', (event) => {
    if (event.request.mode === 'navigate')
      event.respondWith(new Response(${JSON.stringify(pageNamed('old'))}, { headers: { 'Content-Type': 'text/html' } }));
  });`;

test('a service worker that the profile of a run keeps serves no older page when the run is resumed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cosmo-profile-'));
  const servedBy = async (name: 'old' | 'new'): Promise<unknown> => {
    const pageFolder = join(folder, name);
    mkdirSync(pageFolder);
    writeFileSync(join(pageFolder, 'index.html'), pageNamed(name));
    if (name === 'old') writeFileSync(join(pageFolder, 'sw.js'), SERVICE_WORKER);
    const page = await TrainPage.open({
      headed: false,
      adapter: 'none',
      profileFolder: join(folder, 'profile'),
      pageFolder,
      onEvents: () => undefined,
      onGone: () => undefined,
    });
    try {
      return await page.call('settings');
    } finally {
      await page.close();
    }
  };
  try {
    expect(await servedBy('old')).toBe('old');
    expect(await servedBy('new')).toBe('new');
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
