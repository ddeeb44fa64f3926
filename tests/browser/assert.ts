// Assertions for browser tests; each failure says what was expected and what was found.

import nodeAssert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

export type BrowserAssert = {
  ok(value: unknown, message: string): void;
  equal<T>(actual: T, expected: T, message?: string): void;
  match(text: string, pattern: RegExp, message?: string): void;
  /** |actual - expected| <= tolerance; NaN fails. */
  near(actual: number, expected: number, tolerance: number, message?: string): void;
  /** Polls until the probe gives a truthy value, and gives it back. An exception of the probe fails at once. */
  eventually<T>(probe: () => Promise<T>, message: string, timeoutMs?: number): Promise<NonNullable<T>>;
};

const POLL_MS = 100;

export const browserAssert: BrowserAssert = {
  ok: (value, message) => nodeAssert.ok(value, message),
  equal: (actual, expected, message) => nodeAssert.deepEqual(actual, expected, message),
  match: (text, pattern, message) => nodeAssert.match(text, pattern, message),
  near(actual, expected, tolerance, message = 'numbers differ') {
    const fine = Math.abs(actual - expected) <= tolerance;
    nodeAssert.ok(fine, `${message}: ${actual} is not within ${tolerance} of ${expected}`);
  },
  async eventually<T>(probe: () => Promise<T>, message: string, timeoutMs = 30_000) {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const value = await probe();
      if (value) return value;
      nodeAssert.ok(performance.now() < end, `${message}: not within ${timeoutMs / 1000} s`);
      await sleep(POLL_MS);
    }
  },
};
