// The one door for files that come in: kind and size by their first and last bytes, then the whole of them, checked.

import { formatBytes } from '../base/format.ts';
import { PATHS } from './bundleFormat.ts';
import { type BundleContents, bundlePaths, readBundle } from './bundleRead.ts';
import { badBundle, noManifest, StorageError } from './errors.ts';
import { checkLayout, headBytes } from './safetensors.ts';
import { checkKind, readWeights, WEIGHTS_FILE } from './weightsFile.ts';
import { BUNDLE_LIMITS, END_SEARCH_BYTES, findEnd, readDirectory } from './zip.ts';

/** What a file may hold, and room for a zip's own headers. */
export const MAX_FILE_BYTES = BUNDLE_LIMITS.maxUnpackedBytes + 16 * 1048576;

/** A table of contents of as many files as are read, with long names, is smaller. */
const MAX_DIRECTORY_BYTES = 16 * 1048576;

type Kind = 'bundle' | 'weights';

/** What a file holds. Its head and its end are looked at before it is read whole. @throws StorageError `bad-bundle` in one sentence. */
export async function readRunFile(file: File): Promise<BundleContents> {
  checkFileSize(file.size);
  const start = await bytesOf(file.slice(0, 16));
  const kind = kindOf(start, file.name);
  if (kind === 'weights') await checkWeights(file, start);
  else await checkZip(file);
  return contentsOf(kind, await bytesOf(file));
}

/** The same for a file that was read already. @param name absent where it has none. */
export function readRunBytes(file: Uint8Array, name = ''): BundleContents {
  checkFileSize(file.length);
  return contentsOf(kindOf(file, name), file);
}

/** The error with the name of the file in front. */
export function ofFile(name: string, { code, message, hint, details }: StorageError): StorageError {
  return new StorageError(code, `${shortName(name)}: ${message}`, hint, details);
}

/** A name of any length, as a message holds it. */
function shortName(name: string): string {
  const plain = name.replace(/\p{C}/gu, '');
  return plain.length <= 80 ? plain : `${plain.slice(0, 50)} … ${plain.slice(-20)}`;
}

function contentsOf(kind: Kind, bytes: Uint8Array): BundleContents {
  return kind === 'weights' ? readWeights(bytes) : readBundle(bytes);
}

/** Before a file is read. @throws StorageError `bad-bundle` */
export function checkFileSize(bytes: number): void {
  if (bytes === 0) throw badBundle('The file is empty.');
  if (bytes > MAX_FILE_BYTES)
    throw badBundle(
      `The file has ${formatBytes(bytes)}, and at most ${formatBytes(MAX_FILE_BYTES)} are read.`,
    );
}

/** By its content, and by its name where the content says nothing. */
function kindOf(start: Uint8Array, name: string): Kind {
  if (start[0] === 0x50 && start[1] === 0x4b) return 'bundle';
  if (start[8] === '{'.charCodeAt(0) && start[7] === 0) return 'weights';
  if (/\.safetensors$/i.test(name)) return 'weights';
  throw badBundle(
    'The file is neither a bundle (.zip) nor a weights file (.safetensors) of this playground.',
  );
}

async function checkWeights(file: Blob, start: Uint8Array): Promise<void> {
  const head = await bytesOf(file.slice(0, headBytes(start, WEIGHTS_FILE)));
  checkKind(head);
  checkLayout(head, file.size, WEIGHTS_FILE);
}

async function checkZip(file: Blob): Promise<void> {
  const tail = await bytesOf(file.slice(-END_SEARCH_BYTES));
  const { directory } = findEnd(tail);
  if (file.size - directory > MAX_DIRECTORY_BYTES)
    throw badBundle('The zip file is damaged: its table of contents is broken.');
  const entries = readDirectory(await bytesOf(file.slice(directory)), file.size);
  if (!bundlePaths(entries.map(({ path }) => path)).has(PATHS.manifest)) throw noManifest();
}

/** The bytes; what a browser throws for a file that cannot be read becomes a sentence. */
async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    const gone = error.name === 'NotFoundError';
    throw new StorageError(
      'bad-bundle',
      gone
        ? 'The file is no longer there, or it is a folder.'
        : 'The browser cannot read it: it is a folder, was changed or moved after it was chosen, or may not be read.',
      'Nothing was changed: choose it again; a folder has to be packed as a zip first.',
      {},
      { cause: error },
    );
  }
}
