// Files and folders that are whole or absent.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { replaceFolder, writeWhole } from '../../src/tooling/wholeFile.ts';
import { testFolder } from '../support/testFolder.ts';

let folder: string;
beforeEach(() => {
  folder = testFolder('whole');
});

it('CASES 1: a file is written with its folders, and leaves nothing else', () => {
  writeWhole(join(folder, 'deep/a.txt'), 'one');
  writeWhole(join(folder, 'deep/a.txt'), 'two');
  expect(readdirSync(join(folder, 'deep'))).toEqual(['a.txt']);
  expect(readFileSync(join(folder, 'deep/a.txt'), 'utf8')).toBe('two');
});

it('CASES 1: what was there stays where a file or folder cannot be made whole', () => {
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run/metrics.csv'), 'step');
  // A file cannot take the place of a folder.
  expect(() => writeWhole(join(folder, 'run'), 'x')).toThrow();
  const fill = (part: string) => {
    mkdirSync(part);
    throw new Error('The disk is full.');
  };
  expect(() => replaceFolder(join(folder, 'run'), fill)).toThrow('The disk is full.');
  expect(readdirSync(folder)).toEqual(['run']);
  expect(readdirSync(join(folder, 'run'))).toEqual(['metrics.csv']);
  replaceFolder(join(folder, 'run'), (part) => mkdirSync(part));
  expect(readdirSync(folder)).toEqual(['run']);
  expect(readdirSync(join(folder, 'run'))).toEqual([]);
});

it('CASES 1: a folder stays where another cannot be put in its place at the last step', () => {
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run/metrics.csv'), 'step');
  // Nothing is made, so nothing can be renamed.
  expect(() => replaceFolder(join(folder, 'run'), () => undefined)).toThrow('ENOENT');
  expect(readdirSync(folder)).toEqual(['run']);
  expect(readdirSync(join(folder, 'run'))).toEqual(['metrics.csv']);
});
