// Which of the page's files are kept for use without a network, and how a request is answered. Pure of any global.

/** Caches of this page begin with this; other caches of the same origin are left alone. */
const CACHE_PREFIX = 'cosmo-page-';
/** Released models: fetched on demand, kept once fetched; their checksums are checked by who reads them. */
const MODELS_CACHE = 'cosmo-models';
/** What does not come in this time comes from the cache. */
const FRESH_TIMEOUT_MS = 4000;
/** Answers of a host, or of what stands before it, that is out of order or overloaded for now. */
const HOST_IS_DOWN: readonly number[] = [408, 429, 500, 502, 503, 504];

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
  fetch: (request: Request) => Promise<Response>;
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

  get #index(): string {
    return new URL('index.html', this.#options.scope).href;
  }

  /**
   * Keeps every file of this version; rejects where one of them does not come, is of another version or finds no room, so that a
   * version is whole or absent.
   */
  async install(): Promise<void> {
    const { caches } = this.#options;
    // Everything has come before anything is kept.
    const answers = await Promise.all([...this.#known].map((address) => this.#fetchOfVersion(address)));
    // A changed service worker alone comes with the cache of the version in use, which stays.
    const isNew = !(await caches.has(this.#cacheName));
    try {
      const cache = await caches.open(this.#cacheName);
      await Promise.all(answers.map(([address, answer]) => cache.put(address, answer)));
    } catch (error) {
      if (isNew) await caches.delete(this.#cacheName);
      throw error;
    }
  }

  /** Past the HTTP cache, which may hold the file of an older version under the same name. */
  async #fetchOfVersion(address: string): Promise<[address: string, answer: Response]> {
    const answer = await this.#options.fetch(new Request(address, { cache: 'reload' }));
    if (!answer.ok) throw new Error(`${address} did not come (${answer.status}).`);
    if (isHtml(answer) !== address.endsWith('.html')) throw new Error(`${address} came as another file.`);
    if (address === this.#index && !this.#isThisPage(await answer.clone().text()))
      throw new Error(`${address} came as the page of another version.`);
    return [address, answer];
  }

  /** True for HTML that asks for files of this version alone. */
  #isThisPage(html: string): boolean {
    const asked = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, path]) => path ?? '');
    return (
      asked.length > 0 && asked.every((path) => this.#known.has(new URL(path, this.#options.scope).href))
    );
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
    const { scope } = this.#options;
    if (request.mode === 'navigate') {
      // A folder or file that this version does not have is not answered with its page.
      const kept = await this.#kept(this.#cacheName, address === scope ? this.#index : address);
      return isolated(await this.#freshOr(kept, this.#options.fetch(request)));
    }
    if (address.startsWith(`${scope}models/`)) return isolated(await this.#model(request));
    const kept = this.#known.has(address) ? await this.#kept(this.#cacheName, address) : undefined;
    // What a newer version asks for, while this worker still serves it, is isolated too: a page that is takes no worker that is not.
    return isolated(kept ?? (await this.#options.fetch(request)));
  }

  /** From the network where there is one, so that nobody is stuck with an old version; what the host says stands, a log-in too. */
  async #freshOr(kept: Response | undefined, asked: Promise<Response>): Promise<Response> {
    if (!kept) return asked;
    try {
      const answer = await within(asked, FRESH_TIMEOUT_MS);
      return HOST_IS_DOWN.includes(answer.status) ? kept : answer;
    } catch {
      return kept;
    }
  }

  /** The list of models may change with the page; their weights, once fetched, are kept: the query says which version they are of. */
  async #model(request: Request): Promise<Response> {
    const address = request.url;
    const kept = await this.#kept(MODELS_CACHE, address);
    if (kept && request.cache !== 'reload' && !withoutQuery(address).endsWith('.json')) return kept;
    const asked = this.#options.fetch(request).then(async (answer) => {
      if (answer.status === 200 && !isHtml(answer)) await this.#keepModel(address, answer.clone());
      return answer;
    });
    return this.#freshOr(kept, asked);
  }

  /** Keeps one version of each file. Without room or permission nothing is kept anew, and what was kept stays. */
  async #keepModel(address: string, answer: Response): Promise<void> {
    try {
      const cache = await this.#options.caches.open(MODELS_CACHE);
      await cache.put(address, answer);
      const versions = await cache.keys(address, { ignoreSearch: true });
      await Promise.all(versions.filter(({ url }) => url !== address).map((old) => cache.delete(old)));
    } catch {
      // The answer itself is on its way to who asked.
    }
  }

  /** Undefined also where the browser refuses its caches. */
  async #kept(name: string, address: string): Promise<Response | undefined> {
    try {
      const cache = await this.#options.caches.open(name);
      return await cache.match(address);
    } catch {
      return undefined;
    }
  }
}

/** A host that answers everything with its page gives HTML for what is not there. */
function isHtml(answer: Response): boolean {
  return (answer.headers.get('Content-Type') ?? '').includes('text/html');
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
