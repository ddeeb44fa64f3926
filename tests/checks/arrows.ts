// Holds the sources to the table of rooms: who imports whom, and that each file's first line says its purpose.
//
// `tsx tests/checks/arrows.ts` checks src/ and workers/, prints `file:line what` for each offence, and exits with 1 if any.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXCEPTIONS, PACKAGE_OWNERS, ROOMS, type Room, RULES } from './arrowTable.ts';
import { type FoundImport, findImports } from './imports.ts';

export type SourceFile = {
  /** From the root of the repository, with slashes. */
  path: string;
  text: string;
};

export type Violation = { path: string; line: number; message: string };

/** Where a path belongs: a room, `workers`, `tests`, or nothing that has a rule. */
function placeOf(path: string): Room | 'workers' | 'tests' | null {
  const [top, second] = path.split('/');
  if (top === 'workers' || top === 'tests') return top;
  return (top === 'src' && ROOMS.find((room) => room === second)) || null;
}

function isRoom(place: string | null): place is Room {
  return ROOMS.some((room) => room === place);
}

function packageOffence(place: string, specifier: string): string | null {
  const owner = PACKAGE_OWNERS.find(({ pattern }) => pattern.test(specifier));
  if (!owner || owner.room === place || owner.also.some((room) => room === place)) return null;
  return `${place} imports ${specifier}, but ${owner.name} belongs to src/${owner.room} alone`;
}

function allowedText(room: Room): string {
  const { may, mayTypes = [] } = RULES[room];
  const names = [...may, ...mayTypes.map((name) => `${name} (types)`)];
  return names.length === 0 ? 'nothing' : names.join(', ');
}

/** What is wrong with one import, or null. */
function offence(file: SourceFile, found: FoundImport): string | null {
  const from = placeOf(file.path);
  if (from === null || from === 'tests') return null;
  const specifier = found.specifier.replace(/[?#].*$/, '');
  if (!/^\.{0,2}\//.test(specifier)) return packageOffence(from, specifier);
  const target = specifier.startsWith('/')
    ? specifier.slice(1)
    : posix.normalize(posix.join(posix.dirname(file.path), specifier));
  if (target.startsWith('node_modules/')) return packageOffence(from, target.slice('node_modules/'.length));
  const to = placeOf(target);
  if (from === 'workers') return to === 'tests' ? 'workers imports tests' : null;
  if (to === from) return null;
  if (EXCEPTIONS.some((entry) => entry.file.test(file.path) && to && entry.may.some((name) => name === to)))
    return null;
  if (!isRoom(to)) {
    // Workers are started by their URL; everything else outside of the rooms is none of a room's business.
    if (to === 'workers') return null;
    return `${from} imports ${found.specifier}, which is in no room`;
  }
  const { may, mayTypes = [] } = RULES[from];
  if (may.includes(to) || (found.typeOnly && mayTypes.includes(to))) return null;
  return `${from} imports ${to}${found.typeOnly ? ' (types)' : ''}, but may import ${allowedText(from)}`;
}

/** Every offence of these files against the table, in their order. */
export function checkArrows(files: readonly SourceFile[]): Violation[] {
  const violations: Violation[] = [];
  for (const file of files) {
    const { path, text } = file;
    if (path.startsWith('src/') && placeOf(path) === null) {
      violations.push({ path, line: 1, message: 'the file is in no room of the table' });
    }
    if (!/^(\/\/|\/\*+) ?\S+ \S/.test(text)) {
      violations.push({
        path,
        line: 1,
        message: 'the first line is no comment that says the purpose of the file',
      });
    }
    for (const found of findImports(text)) {
      const message = offence(file, found);
      if (message !== null) violations.push({ path, line: found.line, message });
    }
  }
  return violations;
}

/** The code files below src/ and workers/. */
export function readSources(root: string): SourceFile[] {
  return ['src', 'workers'].flatMap((top) =>
    readdirSync(`${root}/${top}`, { recursive: true, encoding: 'utf8' })
      .map((name) => `${top}/${name.replaceAll('\\', '/')}`)
      .filter((path) => /\.(ts|tsx|mjs|js)$/.test(path))
      .sort()
      .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') })),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = readSources('.');
  const violations = checkArrows(files);
  for (const { path, line, message } of violations) console.error(`${path}:${line} ${message}`);
  console.log(`${files.length} files, ${violations.length} offences against the table of rooms.`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
