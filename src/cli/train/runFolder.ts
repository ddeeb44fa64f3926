// The folder of a run: what may be there before, and the files written into it.

import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../../base/errors.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { RUNTIMES, type Runtime } from './trainer.ts';

const RUN_FILE = 'run.json';
/** The store of a run: the browser's profile, or files. */
const STORE_FOLDERS: { readonly [runtime in Runtime]: string } = { browser: '.browser', node: '.store' };
const PAGE_COPY = '.page';

const runFileSchema = v.object({
  runId: v.string(),
  name: v.string(),
  /** Command that gives this run again. */
  command: v.string(),
  /** Absent in folders of before there was another one. */
  runtime: v.optional(v.picklist(RUNTIMES), 'browser'),
});

/** What `--resume` needs to find the run in its store again. */
export type RunFile = v.InferOutput<typeof runFileSchema>;

/** Folder in which the store of the run lives. */
export function storeFolder(outFolder: string, runtime: Runtime): string {
  return join(outFolder, STORE_FOLDERS[runtime]);
}

/** The page that the run is trained with, while it is: a build in the meantime does not change it. */
export function pageCopy(outFolder: string): string {
  return join(outFolder, PAGE_COPY);
}

/** Holds a folder to what a new run may begin in. @throws UsageError where another run (or anything else) is in it. */
export function requireFreshFolder(outFolder: string): void {
  if (existsSync(join(outFolder, RUN_FILE))) {
    throw new UsageError(
      `${outFolder} holds a run already.`,
      `Choose another folder with --out, or go on with that run by --resume ${outFolder}.`,
    );
  }
  // Lock, store and page without run.json are what a start leaves that failed before the run had an id.
  const others = existsSync(outFolder) ? readdirSync(outFolder).filter((name) => !name.startsWith('.')) : [];
  if (others.length > 0) {
    throw new UsageError(
      `${outFolder} is not empty (it holds ${others[0]}).`,
      'Choose another folder with --out.',
    );
  }
}

/** With less the browser's store loses the run without a word. A long run of a large model needs far more. */
export const LEAST_ROOM_BYTES = 32 * 2 ** 20;

/** @throws UsageError where the disk of an existing folder has too little room for any run. */
export function requireRoom(folder: string, freeBytes = freeBytesOf(folder)): void {
  if (freeBytes >= LEAST_ROOM_BYTES) return;
  throw new UsageError(
    `The disk of ${folder} has ${Math.floor(freeBytes / 2 ** 20)} MB left; a run needs ${LEAST_ROOM_BYTES / 2 ** 20} MB at least.`,
    'Make room there, or choose another folder with --out.',
  );
}

export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

export function writeRunFile(outFolder: string, file: RunFile): void {
  writeWhole(join(outFolder, RUN_FILE), `${JSON.stringify(file, null, 2)}\n`);
}

/** @throws UsageError where the folder holds no run that can be resumed. */
export function readRunFile(outFolder: string): RunFile {
  const path = join(outFolder, RUN_FILE);
  const hint = 'Give the folder of a run that npm run train has made.';
  if (!existsSync(path))
    throw new UsageError(`${outFolder} holds no run to resume: there is no ${RUN_FILE} in it.`, hint);
  try {
    return v.parse(runFileSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new UsageError(`${path} cannot be read as the description of a run.`, hint);
  }
}

export function writeResult(outFolder: string, name: string, content: string | Uint8Array): void {
  writeWhole(join(outFolder, name), content);
}
