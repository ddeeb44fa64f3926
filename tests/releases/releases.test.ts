// Weights of released models that come damaged from a cache on the way.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Releases } from '../../src/releases/releases.ts';

const MODEL = 'qwen-mini';
const fileOf = (path: string) => new Uint8Array(readFileSync(`public/models/${path}`));

test('CASES 27: damaged weights of a cache are asked for past every cache, and named if they are damaged there too', async () => {
  const asked: (string | undefined)[] = [];
  const whole = new Releases(async (path, sha256, past) => {
    if (sha256 !== null) asked.push(past);
    return sha256 === null || past ? fileOf(path) : new Uint8Array(7);
  });
  const { parameters } = await whole.heads(MODEL);
  expect(parameters.length).toBeGreaterThan(1000);
  expect(asked).toEqual([undefined, 'caches']);
  const damaged = new Releases(async (path, sha256) => (sha256 === null ? fileOf(path) : new Uint8Array(7)));
  await expect(damaged.heads(MODEL)).rejects.toThrow(/are damaged: 7 bytes came/);
});
