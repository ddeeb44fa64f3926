// What the program says of its code: the version of package.json, and the commit of its sources where there is one.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json';
import { CODE } from '../../src/config/index.ts';
import { codeText } from '../../src/terms/origin.ts';
import { commitOf } from '../../src/tooling/codeIdentity.ts';
import { testFolder } from '../support/testFolder.ts';

test('the version is that of package.json, and the change log has it on top', () => {
  expect(CODE.version).toBe(packageJson.version);
  expect(readFileSync('CHANGELOG.md', 'utf8')).toMatch(new RegExp(`^# Changes\\n\\n## ${CODE.version}\\n`));
});

test('the commit is that of the folder’s own repository, and changes are seen in the given paths alone', () => {
  const folder = testFolder('commit');
  const git = (...words: string[]) =>
    spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...words], { cwd: folder });
  expect(commitOf(folder, ['src'])).toEqual({ commit: null, modified: null });
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'a.ts'), '1');
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  const { commit, modified } = commitOf(folder, ['src']);
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(modified).toBe(false);
  // An unpacked copy inside somebody's repository is not that repository's commit.
  expect(commitOf(join(folder, 'src'), ['a.ts'])).toEqual({ commit: null, modified: null });
  writeFileSync(join(folder, 'notes.md'), '');
  expect(commitOf(folder, ['src'])).toEqual({ commit, modified: false });
  writeFileSync(join(folder, 'src', 'a.ts'), '2');
  expect(commitOf(folder, ['src'])).toEqual({ commit, modified: true });
});

test('code is told in words as far as it is known', () => {
  const known = { version: '1.0.0', sources: 'ab'.repeat(32), commit: 'cd'.repeat(20), modified: true };
  expect(codeText(known)).toBe('1.0.0 (commit cdcdcdcdcd, modified; sources ababababab)');
  expect(codeText({ ...known, commit: null, modified: null })).toBe('1.0.0 (sources ababababab)');
  expect(codeText({ version: '0.1.0', sources: null, commit: null, modified: null })).toBe('0.1.0');
});
