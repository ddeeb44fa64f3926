// Hashes of source trees, to know whether what was built from them is current.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const STAMP_DIR = 'node_modules/.cache/cosmo';

/** The files in a folder and below it, or the file itself; none where it is absent. */
export function* filesBelow(path: string): Generator<string> {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

/** SHA-256 over names and contents of files and folders (absent ones count as empty), and over `extra`. */
export function hashSources(paths: readonly string[], extra = ''): string {
  const hash = createHash('sha256').update(extra);
  for (const path of paths) {
    for (const file of filesBelow(path)) hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Whether the stamp of this name holds this hash. */
export function stampIs(name: string, hash: string): boolean {
  const file = join(STAMP_DIR, name);
  return existsSync(file) && readFileSync(file, 'utf8') === hash;
}

export function writeStamp(name: string, hash: string): void {
  const file = join(STAMP_DIR, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
}
