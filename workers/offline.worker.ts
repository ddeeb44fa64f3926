// The service worker: keeps the page's own files, so that it opens without a network, and isolates it where the host cannot.

import { OfflineFiles } from '../src/storage/offlineFiles.ts';

/** What this file needs of a service worker's global scope (its types come with no library that the page uses). */
type ServiceWorkerScope = {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
};
type ExtendableEvent = { waitUntil(work: Promise<unknown>): void };
type FetchEvent = { request: Request; respondWith(answer: Promise<Response>): void };

/** Set by the build: every file of the page, and a name that changes with any of them. */
declare const __PRECACHE__: { version: string; files: readonly string[] };

const scope = self as unknown as ServiceWorkerScope;
const files = new OfflineFiles({
  ...__PRECACHE__,
  scope: scope.registration.scope,
  caches,
  fetch: (request) => fetch(request),
});

scope.addEventListener('install', (event) => event.waitUntil(files.install()));
scope.addEventListener('activate', (event) =>
  event.waitUntil(Promise.allSettled([files.removeOld(), scope.clients.claim()])),
);
scope.addEventListener('fetch', (event) => {
  if (files.serves(event.request)) event.respondWith(files.answer(event.request));
});
