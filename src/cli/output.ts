// Flags of what a command writes: each path is checked before any work.

import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { type Flag, pathFlag } from './flag.ts';
import { systemError } from './systemError.ts';

/** A file to write, whose folder exists. */
export function outputFileFlag(help: string): Flag<string | null> {
  return checked(pathFlag('FILE', help), checkFile);
}

/** A folder to write into, which need not exist. */
export function outputFolderFlag<A extends string | null = null>(
  value: string,
  help: string,
  absent: A = null as A,
): Flag<A | string> {
  return checked(pathFlag(value, help, absent), checkFolder);
}

function checked<T extends string | null>(flag: Flag<T>, attempt: typeof checkFile): Flag<T> {
  return { ...flag, check: (path, name) => path !== null && check(path, name, attempt) };
}

/** @param name the flag with its dashes. @throws UsageError where nothing can be written there. */
export function checkOutputFolder(path: string, name: string): void {
  check(path, name, checkFolder);
}

function check(path: string, name: string, attempt: typeof checkFile): void {
  try {
    attempt(path, `${name} ${path}`);
  } catch (error) {
    const known = systemError(error, path);
    throw known ? new UsageError(`${name} ${path} cannot be written: ${known.message}`, known.hint) : error;
  }
}

const kindOf = (path: string) => statSync(path, { throwIfNoEntry: false });

function checkFile(path: string, what: string): void {
  const found = kindOf(path);
  if (found?.isDirectory()) throw new UsageError(`${what} is a folder.`, 'Give the name of a file in it.');
  if (found) accessSync(path, constants.W_OK);
  // A device or a pipe is written to; a file is replaced in its folder.
  if (found && !found.isFile()) return;
  const folder = dirname(path);
  if (!kindOf(folder))
    throw new UsageError(`${what}: there is no folder ${folder}.`, 'Make it, or choose another one.');
  checkFolder(folder, what);
}

function checkFolder(path: string, what: string): void {
  let folder = resolve(path);
  while (!kindOf(folder)) folder = dirname(folder);
  if (!kindOf(folder)?.isDirectory())
    throw new UsageError(`${what}: ${folder} is a file, no folder.`, 'Choose another folder.');
  // Rights alone do not tell of a disk that is full or read-only.
  rmdirSync(mkdtempSync(join(folder, '.cosmo-')));
}
