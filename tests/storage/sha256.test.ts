// SHA-256 against the one of Node, at every length around the ends of blocks and on odd bytes.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/storage/sha256.ts';

const reference = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('the known hashes of "" and "abc"', () => {
  expect(sha256(new Uint8Array(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('every length up to three blocks', () => {
  for (let length = 0; length <= 192; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 37 + length);
    expect(sha256(bytes)).toBe(reference(bytes));
  }
});

test('any bytes, also as part of a larger buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat({ max: 9 }), (bytes, skip) => {
      const part = bytes.subarray(Math.min(skip, bytes.length));
      expect(sha256(part)).toBe(reference(part));
    }),
  );
});
