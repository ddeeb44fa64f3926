// Files and folders that are whole or absent: made under a temporary name beside their place, then renamed.

import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Of this process, so that two of them never write one file; hidden, for a process that is killed leaves it. */
function beside(path: string, what: string): string {
  return join(dirname(resolve(path)), `.${basename(path)}.${process.pid}.${what}`);
}

/**
 * Writes a file, and the folders above it. What was there before stays until the new file is whole; a device is written to, and a link
 * stays a link. Errors of the system name `path`.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const target = found ? realpathSync(path) : path;
  const part = found && !found.isFile() ? target : beside(target, 'part');
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, content);
    if (part !== target) renameSync(part, target);
  } catch (error) {
    if (part !== target) rmSync(part, { force: true });
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}

/** Puts a folder in the place of what is there, which stays where that fails; `fill` writes it under the temporary name that it is given. */
export function replaceFolder(path: string, fill: (part: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const [part, before] = [beside(path, 'part'), beside(path, 'before')];
  try {
    fill(part);
    if (existsSync(path)) renameSync(path, before);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (existsSync(before)) renameSync(before, path);
    throw error;
  }
  rmSync(before, { recursive: true, force: true });
}
