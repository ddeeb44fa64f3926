// The list of released models: that of version 1, which lies beside the page, and what is written today.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readReleaseList, releaseListText } from '../../src/releases/format.ts';
import { engineText } from '../../src/terms/origin.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
/** As version 1 had it: engine and version as texts. */
function older(): { version: number; models: { device: string; codeVersion: string }[] } {
  const list = JSON.parse(readFileSync('public/models/index.json', 'utf8'));
  return {
    ...list,
    version: 1,
    models: list.models.map(({ engine, code, ...model }: ReturnType<typeof readReleaseList>[number]) => ({
      device: engine && engineText(engine),
      codeVersion: code?.version,
      ...model,
    })),
  };
}

test('a list of version 1 is read, and what goes out again is read as the same', () => {
  const list = older();
  const models = readReleaseList(bytes(JSON.stringify(list)));
  expect(models.length).toBeGreaterThan(0);
  for (const [i, { engine, code }] of models.entries()) {
    expect(engineText(engine)).toBe(list.models[i].device);
    expect(engine.backend).not.toBe('');
    expect(code).toEqual({
      version: list.models[i].codeVersion,
      sources: null,
      commit: null,
      modified: null,
    });
  }
  const text = releaseListText(models);
  expect(JSON.parse(text).version).toBe(2);
  expect(readReleaseList(bytes(text))).toEqual(models);
});

test('a list of a later version, or without an engine, is refused in words', () => {
  const list = older();
  const read = (change: object) => () => readReleaseList(bytes(JSON.stringify({ ...list, ...change })));
  expect(read({ version: 3 })).toThrow(/has version 3, but this page reads versions up to 2/);
  const [{ device: _, ...first }] = list.models;
  expect(read({ models: [first] })).toThrow(/is not valid/);
});
