// Notices that a thread has died by a Web Lock: the browser takes it from a worker however the worker ends
// (also by `self.close()` or for want of memory, of which no event tells). It is in force a few ms after connecting.

import { webLocks } from './locks.ts';

let held: Promise<string | null> | null = null;

/** Holds one lock for as long as this thread lives; resolves to its name, or null where there are no Web Locks. */
export function holdLifeline(): Promise<string | null> {
  held ??= new Promise((resolve) => {
    const name = `cosmo-life-${Math.random().toString(36).slice(2)}`;
    const request = webLocks()?.request(name, () => {
      resolve(name);
      return new Promise<never>(() => undefined);
    });
    if (request) request.catch(() => resolve(null));
    else resolve(null);
  });
  return held;
}

/** Calls `onDeath` once the thread that holds the lock is gone, unless `ended` resolves before. */
export function watchLifeline(lockName: unknown, ended: Promise<unknown>, onDeath: () => void): void {
  if (typeof lockName !== 'string') return;
  const waiting = new AbortController();
  void ended.then(() => waiting.abort());
  webLocks()
    ?.request(lockName, { signal: waiting.signal }, onDeath)
    .catch(() => undefined);
}
