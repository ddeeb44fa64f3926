// The bundle of a run that a command is given: its folder, or the file itself.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { type BundleContents, checkFileSize, readRunBytes, StorageError } from '../storage/index.ts';

/** @throws UsageError where there is no bundle, or one that cannot be read. */
export function readRunBundle(path: string): BundleContents {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const file = isFolder ? join(path, 'bundle.zip') : path;
  if (!existsSync(file))
    throw new UsageError(
      `There is no bundle ${file}.`,
      'Give the folder of a run that npm run train has made, or an exported bundle.',
    );
  try {
    checkFileSize(statSync(file).size);
    return readRunBytes(new Uint8Array(readFileSync(file)), file);
  } catch (error) {
    if (error instanceof StorageError) throw new UsageError(`${file}: ${error.message}`, error.hint);
    throw error;
  }
}
