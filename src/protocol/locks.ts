// Web Locks, which the browser may lack (plain http) or refuse at any call.

/** Null where there are none. */
export function webLocks(): LockManager | null {
  return globalThis.navigator?.locks ?? null;
}

/** The way to release the lock; `taken` where another thread holds it; null where the browser gives no locks. */
export function holdLock(name: string): Promise<(() => void) | 'taken' | null> {
  return new Promise((resolve) => {
    const hold = (granted: Lock | null) => {
      if (granted) return new Promise<void>((release) => resolve(release));
      resolve('taken');
    };
    const request = webLocks()?.request(name, { ifAvailable: true }, hold);
    if (request) request.catch(() => resolve(null));
    else resolve(null);
  });
}
