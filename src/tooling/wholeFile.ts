// Files and folders that are whole or absent: made under a temporary name beside their place, then renamed.

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Of this process, so that two of them never write one file. */
function beside(path: string, what: string): string {
  return `${resolve(path)}.${process.pid}.${what}`;
}

/** Writes a file, and the folders above it. What was there before stays until the new file is whole. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = beside(path, 'part');
  try {
    writeFileSync(part, content);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Puts a folder in the place of what is there; `fill` writes it under the temporary name that it is given. */
export function replaceFolder(path: string, fill: (part: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const [part, before] = [beside(path, 'part'), beside(path, 'before')];
  try {
    fill(part);
    if (existsSync(path)) renameSync(path, before);
    renameSync(part, path);
  } finally {
    for (const left of [part, before]) rmSync(left, { recursive: true, force: true });
  }
}
