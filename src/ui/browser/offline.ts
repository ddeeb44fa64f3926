// Registers the service worker that lets the page open without a network. Nothing waits for it.

import { signal } from '@preact/signals';

/** `unsupported` also where the browser forbids it (private mode, an address that is not secure). */
export type OfflineState = 'unknown' | 'preparing' | 'ready' | 'unsupported';
export const offlineState = signal<OfflineState>('unknown');

/** Keeps the page's files once it stands idle. */
export function keepOffline(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) {
    offlineState.value = 'unsupported';
    return;
  }
  const register = (): void => {
    offlineState.value = 'preparing';
    navigator.serviceWorker
      .register(new URL('sw.js', document.baseURI))
      .then(() => navigator.serviceWorker.ready)
      .then(
        () => (offlineState.value = 'ready'),
        () => (offlineState.value = 'unsupported'),
      );
  };
  if (document.readyState === 'complete') whenIdle(register);
  else addEventListener('load', () => whenIdle(register), { once: true });
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 3000 });
  else setTimeout(work, 500);
}
