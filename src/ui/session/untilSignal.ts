// Waiting for what a signal comes to say.

import type { ReadonlySignal } from '@preact/signals';

/** Resolves once it holds of the value, or after so many ms. */
export function untilSignal<T>(
  value: ReadonlySignal<T>,
  holds: (value: T) => boolean,
  mostMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    let end: () => void = () => undefined;
    const done = (): void => {
      clearTimeout(late);
      // The first call comes before there is an end to call.
      queueMicrotask(() => end());
      resolve();
    };
    const late = setTimeout(done, mostMs);
    end = value.subscribe((now) => {
      if (holds(now)) done();
    });
  });
}
