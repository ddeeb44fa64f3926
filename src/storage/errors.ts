// The errors of the store: each names the thing and what to do; errors of the browser are translated here.

import { PlaygroundError } from '../base/errors.ts';
import { formatBytes } from '../base/format.ts';

export class StorageError extends PlaygroundError {
  override readonly name = 'StorageError';
}

/** The error for a run that is not (or no longer) stored. */
export function runNotFound(runId: string): StorageError {
  return new StorageError(
    'not-found',
    `The run "${runId}" is not stored here.`,
    'It may have been deleted in another tab, or by the browser, which may clear its storage where the disk is full. Choose another run or start a new one.',
    { runId },
  );
}

/** The error for a second run under the same id. */
export function runExists(runId: string): StorageError {
  return new StorageError(
    'busy',
    `A run with the id "${runId}" is already stored.`,
    'Give the new run another id, or delete the old one first.',
    { runId },
  );
}

/** The error for a file that cannot be taken in. `problem` is a full sentence. */
export function badBundle(problem: string): StorageError {
  return new StorageError(
    'bad-bundle',
    problem,
    'Nothing was changed: export the run again, or choose another file.',
  );
}

/** The error for a zip of something else. */
export function noManifest(): StorageError {
  return badBundle('This zip file is no run of this playground: it holds no manifest.json.');
}

/** The error for a run that is more than one file can take: what is written must be read again. */
export function exportTooLarge(bytes: number, mostBytes: number): StorageError {
  return new StorageError(
    'too-large',
    `This run is too large for a bundle: it has ${formatBytes(bytes)}, and at most ${formatBytes(mostBytes)} can be read again.`,
    'Export its metrics and the weights of its stages one by one.',
  );
}

/** The error for arrays whose sizes contradict each other. `problem` is a full sentence. */
export function shapeMismatch(problem: string): StorageError {
  return new StorageError(
    'shape-mismatch',
    problem,
    'This is a fault of the caller: please report it with the text above.',
  );
}

/** The error while another tab keeps an older version of the database open. */
export function upgradeBlocked(): StorageError {
  return new StorageError(
    'storage-unavailable',
    'Another tab of this page holds an older version of the store and does not let go of it.',
    'Close the other tabs of this page: the store then opens by itself, and nothing is lost.',
  );
}

/** The error where the browser offers no IndexedDB at all. */
export function noIndexedDb(): StorageError {
  return new StorageError(
    'storage-unavailable',
    'This browser offers no storage (IndexedDB) to this page, so runs cannot be kept.',
    'Leave private browsing or allow site data for this page, then reload it.',
  );
}

/** `UnknownError`: Safari's after a sleep, when its database process is gone. */
const CLOSED: readonly string[] = ['InvalidStateError', 'AbortError', 'UnknownError'];

/** True for errors that say that the connection was closed under a transaction: the work may be tried once more. */
export function isClosedConnection(error: unknown): boolean {
  return error instanceof DOMException && CLOSED.includes(error.name);
}

/** Translates what IndexedDB throws; errors that are faults of the program pass unchanged. */
export function toStorageError(error: unknown, doing: string): unknown {
  if (!(error instanceof DOMException)) return error;
  const cause = { cause: error };
  switch (error.name) {
    case 'QuotaExceededError':
      return new StorageError(
        'disk-full',
        `The browser's storage is full: there was no room for ${doing}.`,
        'Everything stored before is safe: export and delete old runs (and empty their trash) or free some disk space, then go on.',
        {},
        cause,
      );
    case 'VersionError':
      return new StorageError(
        'storage-unavailable',
        'The store was made by a newer version of this page.',
        'Reload this tab to get the newer version; stored runs are safe.',
        {},
        cause,
      );
    case 'SecurityError':
      return noIndexedDb();
    case 'InvalidStateError':
    case 'AbortError':
    case 'UnknownError':
    case 'TimeoutError':
      return new StorageError(
        'storage-unavailable',
        `The browser closed its storage during the work on ${doing} (${error.message || error.name}).`,
        'What was stored before is safe: try again, and reload the page if that does not help. Private windows of some browsers give no storage.',
        {},
        cause,
      );
    default:
      return error;
  }
}
