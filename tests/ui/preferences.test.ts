// Storage of the browser that is full, forbidden or gone: a choice holds until the page is closed.

import { afterEach, expect, it, vi } from 'vitest';
import { readPreference, writePreference } from '../../src/ui/browser/preferences.ts';
import { missingFeatures } from '../../src/ui/browser/support.ts';
import {
  rememberResumes,
  rememberViewedRun,
  resumesByItself,
  viewedRun,
} from '../../src/ui/session/tabMemory.ts';

afterEach(() => void vi.unstubAllGlobals());

const refuse = (name: string) => () => {
  throw new DOMException('refused', name);
};

it.each(['QuotaExceededError', 'SecurityError'])(
  'CASES 28: nothing throws where storage does (%s)',
  (name) => {
    const refusing = { getItem: refuse(name), setItem: refuse(name), removeItem: refuse(name) };
    vi.stubGlobal('localStorage', refusing);
    vi.stubGlobal('sessionStorage', refusing);
    expect([viewedRun(), resumesByItself()]).toEqual([null, true]);
    rememberViewedRun('a');
    rememberResumes(false);
    writePreference('smoothing', 0.5);
    expect([viewedRun(), resumesByItself()]).toEqual(['a', false]);
    expect(readPreference('smoothing', (stored) => stored)).toBe(0.5);
    rememberViewedRun(null);
    rememberResumes(true);
    expect([viewedRun(), resumesByItself()]).toEqual([null, true]);
  },
);

it('CASES 28: a browser that throws when IndexedDB is looked at lacks it', () => {
  Object.defineProperty(globalThis, 'indexedDB', { get: refuse('SecurityError'), configurable: true });
  try {
    expect(missingFeatures()).toContain('IndexedDB');
  } finally {
    Reflect.deleteProperty(globalThis, 'indexedDB');
  }
});
