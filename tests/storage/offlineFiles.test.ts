// The service worker's decisions: what is kept, what is answered from where, and caches that are stale, full or refused.

import { describe, expect, it } from 'vitest';
import { OfflineFiles } from '../../src/storage/offlineFiles.ts';

const SCOPE = 'https://host.example/deep/';
const PAGE = '<script src="./assets/main-1.js"></script><link href="./icon.svg">';
const FILES = ['index.html', 'assets/main-1.js', 'icon.svg'];

/** As much of a browser's cache as the service worker asks for. */
class FakeCache {
  readonly entries = new Map<string, Response>();
  constructor(readonly full: () => boolean) {}
  async match(address: string) {
    return this.entries.get(address)?.clone();
  }
  async put(address: string, answer: Response) {
    if (this.full()) throw new DOMException('no room', 'QuotaExceededError');
    this.entries.set(address, answer);
  }
  async delete({ url }: Request) {
    return this.entries.delete(url);
  }
  async keys(address: string) {
    const path = (url: string) => url.split('?')[0];
    return [...this.entries.keys()].filter((url) => path(url) === path(address)).map((url) => ({ url }));
  }
}

class FakeCaches {
  readonly named = new Map<string, FakeCache>();
  full = false;
  refused = false;
  async open(name: string) {
    if (this.refused) throw new DOMException('refused', 'SecurityError');
    const cache = this.named.get(name) ?? new FakeCache(() => this.full);
    this.named.set(name, cache);
    return cache;
  }
  async has(name: string) {
    return this.named.has(name);
  }
  async delete(name: string) {
    return this.named.delete(name);
  }
  async keys() {
    return [...this.named.keys()];
  }
}

type Host = { [path: string]: Response | Error | undefined };

function typed(body: string, type: string, status = 200): Response {
  return new Response(body, { status, headers: { 'Content-Type': type } });
}

const wholeHost = (): Host => ({
  'index.html': typed(PAGE, 'text/html'),
  'assets/main-1.js': typed('run()', 'text/javascript'),
  'icon.svg': typed('<svg/>', 'image/svg+xml'),
});

function worker(host: Host) {
  const caches = new FakeCaches();
  const asked: Request[] = [];
  const files = new OfflineFiles({
    version: 'v1',
    files: FILES,
    scope: SCOPE,
    caches: caches as unknown as CacheStorage,
    fetch: async (request) => {
      asked.push(request);
      const answer = host[request.url.slice(SCOPE.length)] ?? new Response('', { status: 404 });
      if (answer instanceof Error) throw answer;
      return answer.clone();
    },
  });
  const ask = (path: string, how: { mode?: string; cache?: string } = {}) =>
    files.answer({ url: SCOPE + path, method: 'GET', ...how } as Request);
  const open = (path = '') => ask(path, { mode: 'navigate' });
  return { files, caches, asked, ask, open, host };
}

const DOWN = new TypeError('Failed to fetch');

describe('installing', () => {
  it('CASES 27: asks past the HTTP cache, and keeps the whole version', async () => {
    const { files, caches, asked } = worker(wholeHost());
    await files.install();
    expect(asked.map(({ cache }) => cache)).toEqual(['reload', 'reload', 'reload']);
    expect([...(caches.named.get('cosmo-page-v1')?.entries.keys() ?? [])]).toHaveLength(3);
  });

  it.each<[string, string, Response]>([
    ['a file that is 404', 'icon.svg', new Response('', { status: 404 })],
    [
      'an index.html of another version',
      'index.html',
      typed('<script src="./assets/main-0.js">', 'text/html'),
    ],
    ['a log-in page in the place of index.html', 'index.html', typed('<form>', 'text/html')],
    ['the page in the place of a script', 'assets/main-1.js', typed(PAGE, 'text/html')],
  ])('CASES 27: %s keeps nothing', async (_what, path, answer) => {
    const { files, caches } = worker({ ...wholeHost(), [path]: answer });
    await expect(files.install()).rejects.toThrow(path);
    expect(caches.named.size).toBe(0);
  });

  it('CASES 27: a full disk keeps nothing of a new version, and all of the one in use', async () => {
    const { files, caches } = worker(wholeHost());
    caches.full = true;
    await expect(files.install()).rejects.toThrow('no room');
    expect(caches.named.size).toBe(0);
    caches.full = false;
    await files.install();
    caches.full = true;
    await expect(files.install()).rejects.toThrow('no room');
    expect(caches.named.get('cosmo-page-v1')?.entries.size).toBe(3);
  });
});

describe('opening the page', () => {
  it.each([401, 403, 404, 410])('CASES 27: %i of the host is what is shown', async (status) => {
    const { files, open, host } = worker(wholeHost());
    await files.install();
    host[''] = typed('what the host says', 'text/html', status);
    const answer = await open();
    expect([answer.status, await answer.text()]).toEqual([status, 'what the host says']);
  });

  it('CASES 27: a redirect to a log-in is followed', async () => {
    const { files, open, host } = worker(wholeHost());
    await files.install();
    const redirect = { type: 'opaqueredirect', status: 0, ok: false, clone: () => redirect };
    host[''] = redirect as unknown as Response;
    expect(await open()).toBe(redirect);
  });

  it.each([
    ['no network', DOWN],
    ['a gateway without its host', new Response('', { status: 502 })],
  ])('%s: the kept page, isolated', async (_what, answer) => {
    const { files, open, host } = worker(wholeHost());
    await files.install();
    host[''] = answer;
    const page = await open();
    expect([page.status, await page.text()]).toEqual([200, PAGE]);
    expect(page.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
  });

  it('CASES 27: without a network the page is not given for an address that is not its own', async () => {
    const { files, open, host } = worker({ ...wholeHost(), 'other/': DOWN });
    await files.install();
    host['icon.svg'] = DOWN;
    await expect(open('other/')).rejects.toBe(DOWN);
    expect(await (await open('icon.svg')).text()).toBe('<svg/>');
  });

  it('CASES 27: where the browser refuses its caches, the network answers', async () => {
    const { ask, open, caches, host } = worker(wholeHost());
    host[''] = typed(PAGE, 'text/html');
    caches.refused = true;
    expect(await (await open()).text()).toBe(PAGE);
    expect(await (await ask('icon.svg')).text()).toBe('<svg/>');
  });

  it('CASES 27: a worker of a newer version, fetched through the older one, is isolated as its page is', async () => {
    const { files, ask, host } = worker(wholeHost());
    await files.install();
    host['assets/train-2.js'] = typed('train()', 'text/javascript');
    const answer = await ask('assets/train-2.js');
    expect(answer.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
  });
});

describe('released models', () => {
  const OLD = 'models/a.safetensors?1';
  const NEW = 'models/a.safetensors?2';
  const weights = (body: string) => typed(body, 'application/octet-stream');

  it('keeps one version of a file, and answers with it', async () => {
    const { ask, caches, asked } = worker({ [OLD]: weights('old'), [NEW]: weights('new') });
    for (const path of [OLD, NEW, NEW]) await ask(path);
    expect(asked).toHaveLength(2);
    expect([...(caches.named.get('cosmo-models')?.entries.keys() ?? [])]).toEqual([SCOPE + NEW]);
  });

  it('CASES 27: a full disk takes neither the model that has come nor the kept one', async () => {
    const { ask, caches } = worker({ [OLD]: weights('old'), [NEW]: weights('new') });
    await ask(OLD);
    caches.full = true;
    expect(await (await ask(NEW)).text()).toBe('new');
    expect(await (await ask(OLD)).text()).toBe('old');
  });

  it('CASES 27: a damaged copy is fetched anew where that is asked for', async () => {
    const { ask, host } = worker({ [OLD]: weights('damaged') });
    await ask(OLD);
    host[OLD] = weights('whole');
    expect(await (await ask(OLD)).text()).toBe('damaged');
    expect(await (await ask(OLD, { cache: 'reload' })).text()).toBe('whole');
    expect(await (await ask(OLD)).text()).toBe('whole');
  });

  it('CASES 27: the list comes from the network, as its reader asks for it, and else from the cache', async () => {
    const { ask, asked, host } = worker({ 'models/index.json': typed('[1]', 'application/json') });
    await ask('models/index.json', { cache: 'no-cache' });
    expect(asked[0]?.cache).toBe('no-cache');
    host['models/index.json'] = DOWN;
    expect(await (await ask('models/index.json')).text()).toBe('[1]');
  });
});
