// What the operating system refuses, in one sentence with a way on: none of it is a fault of the program.

import { type ErrorCode, messageOf, PlaygroundError } from '../base/errors.ts';

type Telling = readonly [code: ErrorCode, sentence: (path: string) => string, hint: string];

const ROOM = 'Make room there, and run the command again.';
const RIGHTS = 'Change its rights, or choose another place.';
const FULL: Telling = ['disk-full', (path) => `There is no room left on the disk of ${path}.`, ROOM];
const FORBIDDEN: Telling = ['storage-unavailable', (path) => `This user has no right to ${path}.`, RIGHTS];
const OTHER_KIND: Telling = [
  'storage-unavailable',
  (path) => `${path} is not what is needed there, a file in the place of a folder or the reverse.`,
  'Move it away, or choose another place.',
];

const TELLINGS: { readonly [code: string]: Telling } = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: ['storage-unavailable', (path) => `The disk of ${path} is read-only.`, 'Choose another place.'],
  ENOTDIR: OTHER_KIND,
  EISDIR: OTHER_KIND,
  ENOENT: ['not-found', (path) => `There is no ${path}.`, 'It was moved or deleted; check the path.'],
  ENAMETOOLONG: [
    'storage-unavailable',
    (path) => `The name ${path.slice(0, 40)}... is too long.`,
    'Choose a shorter one.',
  ],
  EIO: ['storage-unavailable', (path) => `The disk of ${path} fails.`, 'Choose a place on another disk.'],
  EMFILE: ['busy', () => 'Too many files are open.', 'Raise the limit (ulimit -n), or do less at a time.'],
};

/** Null for what the system did not refuse. `path` is what was written or read, where the system does not say or names a part of it. */
export function systemError(error: unknown, path?: string): PlaygroundError | null {
  const { code, path: named } = (error ?? {}) as NodeJS.ErrnoException;
  const telling = error instanceof Error && code !== undefined ? TELLINGS[code] : undefined;
  if (!telling) return null;
  const [kind, sentence, hint] = telling;
  const what = path ?? named ?? 'the files of this command';
  return new PlaygroundError(kind, sentence(what), hint, { system: messageOf(error) }, { cause: error });
}
