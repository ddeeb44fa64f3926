// What a build tells the program of its sources: their hash, and the git commit that they come from.

import { spawnSync } from 'node:child_process';
import type { CodeIdentity } from '../terms/origin.ts';
import { hashSources } from './sourceHash.ts';

/** Everything that goes into the page. */
const PAGE_SOURCES = [
  'index.html',
  'src',
  'workers',
  'public',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
];

/** Of the working folder. */
export function sourcesOfTree(): Omit<CodeIdentity, 'version'> {
  return { sources: hashSources(PAGE_SOURCES), ...commitOf('.', PAGE_SOURCES) };
}

/** The commit that is checked out in `folder`, and whether `paths` are other than in it; nulls where it is no repository of its own. */
export function commitOf(
  folder: string,
  paths: readonly string[],
): Pick<CodeIdentity, 'commit' | 'modified'> {
  const git = (...words: string[]): string | null => {
    const { status, stdout } = spawnSync('git', words, { cwd: folder, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  // A copy without git may lie inside another project's repository.
  const commit = git('rev-parse', '--show-prefix') === '' ? git('rev-parse', 'HEAD') : null;
  const changes = commit === null ? null : git('status', '--porcelain', '--', ...paths);
  return { commit, modified: changes === null ? null : changes !== '' };
}
