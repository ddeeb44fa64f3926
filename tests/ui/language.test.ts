// The language of the browser, as libraries find it.

import { afterEach, expect, test, vi } from 'vitest';
import { mendLanguage } from '../../src/ui/browser/language.ts';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['C', 'en'],
  ['', 'en'],
  ['de-CH', 'de-CH'],
])('the language %j is %j for Intl', (said, language) => {
  vi.stubGlobal('navigator', { language: said });
  mendLanguage();
  expect(navigator.language).toBe(language);
  expect(() => new Intl.NumberFormat(navigator.language)).not.toThrow();
});
