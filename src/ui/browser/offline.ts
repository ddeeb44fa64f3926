// Registers the service worker that lets the page open without a network. Nothing waits for it.

import { signal } from '@preact/signals';

/**
 * `failed`: a file did not come, was of another version, or found no room; `unsupported` also where the browser forbids it (private
 * mode, an address that is not secure).
 */
export type OfflineState = 'unknown' | 'preparing' | 'ready' | 'failed' | 'unsupported';
export const offlineState = signal<OfflineState>('unknown');

/** Keeps the page's files once it stands idle. */
export function keepOffline(): void {
  const workers = import.meta.env.PROD ? serviceWorkers() : null;
  if (!workers) {
    offlineState.value = 'unsupported';
    return;
  }
  const register = (): void => {
    offlineState.value = 'preparing';
    stateAfter(workers.register(new URL('sw.js', document.baseURI))).then(
      (state) => (offlineState.value = state),
    );
  };
  if (document.readyState === 'complete') whenIdle(register);
  else addEventListener('load', () => whenIdle(register), { once: true });
}

/** What becomes of a registration. A worker that cannot keep its files is given up by the browser, and a later visit tries again. */
export async function stateAfter(registering: Promise<ServiceWorkerRegistration>): Promise<OfflineState> {
  try {
    const { active, installing, waiting } = await registering;
    // An update that fails leaves the version before it.
    if (active) return 'ready';
    const worker = installing ?? waiting;
    while (worker && worker.state !== 'activated' && worker.state !== 'redundant')
      await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }));
    return worker?.state === 'activated' ? 'ready' : 'failed';
  } catch (error) {
    return error instanceof DOMException && error.name === 'SecurityError' ? 'unsupported' : 'failed';
  }
}

/** A page in a frame without rights may not even ask. */
function serviceWorkers(): ServiceWorkerContainer | null {
  try {
    return navigator.serviceWorker ?? null;
  } catch {
    return null;
  }
}

function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 3000 });
  else setTimeout(work, 500);
}
