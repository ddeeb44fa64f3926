// What the address asks of an embedded page: only whole origins are allowed, and the rest are settings.

import { expect, test } from 'vitest';
import { settingsPart } from '../../src/ui/browser/address.ts';
import { readEmbedding } from '../../src/ui/browser/embedding.ts';

test.each([
  ['?embed=1', { view: 'plane', allowed: [] }],
  [
    '?embed=1&view=probe&allow=https://a.example&allow=http://127.0.0.1:8080',
    { view: 'probe', allowed: ['https://a.example', 'http://127.0.0.1:8080'] },
  ],
  ['?view=probe&allow=https://a.example', null],
  ['?embed=0', null],
])('%s is read as %j', (search, expected) => {
  expect(readEmbedding(search)).toEqual(expected);
});

test.each([
  '*',
  'null',
  'https://a.example/',
  'https://a.example/x',
  'https://*.example',
  'a.example',
  'file:///x',
  'javascript:0',
  '',
])('the origin "%s" is none', (origin) => {
  expect(readEmbedding(`?embed=1&allow=${encodeURIComponent(origin)}`)?.allowed).toEqual([]);
});

test('what is left of the query are settings', () => {
  expect(settingsPart('?embed=1&view=probe&allow=https://a.example&v=2&seed=3')).toBe('?v=2&seed=3');
  expect(settingsPart('?embed=1')).toBe('');
  expect(settingsPart('?v=2&sft_mix=safety:1')).toBe('?v=2&sft_mix=safety:1');
});
