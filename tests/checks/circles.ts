// Finds files that import each other in a circle, by whatever kind of import.

import { posix } from 'node:path';
import { findImports } from './imports.ts';

type Source = { path: string; text: string };

/** The files among `files` that a file imports. */
function targetsOf({ path, text }: Source, known: ReadonlySet<string>): string[] {
  const targets = findImports(text)
    .map(({ specifier }) => specifier.replace(/[?#].*$/, ''))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier));
  return [...new Set(targets)].filter((target) => known.has(target));
}

/** Circles, each as the files along it; none is found twice, and every tangle of files gives at least one. */
export function findCircles(files: readonly Source[]): string[][] {
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(files.map((file) => [file.path, targetsOf(file, known)]));
  const circles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return circles;
}
