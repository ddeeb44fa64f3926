// Which of the page's files are kept for use without a network, and how a request is answered. Pure of any global.

/** Caches of this page begin with this; other caches of the same origin are left alone. */
const CACHE_PREFIX = 'cosmo-page-';
/** Released models: fetched on demand, kept once fetched; their checksums are checked by who reads them. */
const MODELS_CACHE = 'cosmo-models';
/** A page that does not come in this time comes from the cache. */
const NAVIGATION_TIMEOUT_MS = 4000;

/** With these a page is cross-origin isolated, so that its engine may use several threads; few static hosts can send them. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

export type OfflineOptions = {
  version: string;
  /** Paths relative to the scope. */
  files: readonly string[];
  /** Address of the folder that the page lies in, with a slash at the end. */
  scope: string;
  caches: CacheStorage;
  fetch: (request: Request | string) => Promise<Response>;
};

export class OfflineFiles {
  readonly #options: OfflineOptions;
  readonly #known: ReadonlySet<string>;

  constructor(options: OfflineOptions) {
    this.#options = options;
    this.#known = new Set(options.files.map((file) => new URL(file, options.scope).href));
  }

  get #cacheName(): string {
    return CACHE_PREFIX + this.#options.version;
  }

  /** Keeps every file of this version; rejects where one of them does not come, so that a version is whole or absent. */
  async install(): Promise<void> {
    const cache = await this.#options.caches.open(this.#cacheName);
    await cache.addAll([...this.#known]);
  }

  async removeOld(): Promise<void> {
    const { caches } = this.#options;
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== this.#cacheName);
    await Promise.all(old.map((name) => caches.delete(name)));
  }

  /** Requests of this page for its own files, and nothing else. */
  serves(request: Request): boolean {
    return request.method === 'GET' && request.url.startsWith(this.#options.scope);
  }

  async answer(request: Request): Promise<Response> {
    const address = withoutQuery(request.url);
    if (request.mode === 'navigate') return isolated(await this.#page(request));
    if (address.startsWith(`${this.#options.scope}models/`)) return isolated(await this.#model(request.url));
    if (!this.#known.has(address)) return this.#options.fetch(request);
    const cache = await this.#options.caches.open(this.#cacheName);
    return isolated((await cache.match(address)) ?? (await this.#options.fetch(request)));
  }

  /** The page itself comes from the network where there is one, so that nobody is stuck with an old version. */
  async #page(request: Request): Promise<Response> {
    const kept = async () => {
      const cache = await this.#options.caches.open(this.#cacheName);
      return await cache.match(new URL('index.html', this.#options.scope).href);
    };
    try {
      const answer = await within(this.#options.fetch(request), NAVIGATION_TIMEOUT_MS);
      return answer.ok ? answer : ((await kept()) ?? answer);
    } catch (error) {
      const page = await kept();
      if (page) return page;
      throw error;
    }
  }

  /** The list of models may change with the page; their weights, once fetched, are kept: the query says which version they are of. */
  async #model(address: string): Promise<Response> {
    const cache = await this.#options.caches.open(MODELS_CACHE);
    const list = withoutQuery(address).endsWith('.json');
    const kept = await cache.match(address);
    if (kept && !list) return kept;
    try {
      const answer = await this.#options.fetch(address);
      // A host that answers everything with its page gives HTML for what is not there.
      if (answer.ok && !(answer.headers.get('Content-Type') ?? '').includes('text/html')) {
        // Of each file one version is kept.
        await cache.delete(address, { ignoreSearch: true });
        await cache.put(address, answer.clone());
      }
      return answer;
    } catch (error) {
      if (kept) return kept;
      throw error;
    }
  }
}

function withoutQuery(address: string): string {
  const url = new URL(address);
  return url.origin + url.pathname;
}

function isolated(answer: Response): Response {
  if (answer.type === 'opaqueredirect' || answer.status === 0) return answer;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
