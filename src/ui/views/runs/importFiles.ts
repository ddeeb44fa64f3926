// Imports files one by one: each is taken or refused for itself, under its own name.

import { asPlaygroundError, PlaygroundError } from '../../../base/errors.ts';
import type { Session } from '../../session/session.ts';

type Open = (runId: string) => Promise<void>;

/** @param open shows a run that came in. */
export async function importFiles(
  session: Session,
  files: readonly File[],
  folders: readonly string[],
  open: Open,
): Promise<void> {
  if (session.busy.value) session.report(notImported([...folders, ...files.map(({ name }) => name)]));
  else await session.act(() => importAll(session, files, folders, open));
}

/** One bad file does not stop the next; what concerns them all, a full disk or a user who gave up, does. */
async function importAll(
  session: Session,
  files: readonly File[],
  folders: readonly string[],
  open: Open,
): Promise<void> {
  for (const name of folders) session.report(folderRefused(name));
  for (const [index, file] of files.entries()) {
    try {
      await importOne(session, file, open);
    } catch (error) {
      session.report(error);
      if (asPlaygroundError(error).code === 'bad-bundle') continue;
      const left = files.slice(index + 1).map(({ name }) => name);
      if (left.length > 0) session.report(notImported(left));
      return;
    }
  }
}

function folderRefused(name: string): PlaygroundError {
  return new PlaygroundError(
    'bad-bundle',
    `${name}: This is a folder.`,
    'Pack it as a zip, or choose the bundle in it.',
  );
}

function notImported(names: readonly string[]): PlaygroundError {
  return new PlaygroundError(
    'busy',
    `Not imported: ${names.join(', ')}.`,
    'Choose what is left once no other work is on its way.',
  );
}

async function importOne(session: Session, file: File, open: Open): Promise<void> {
  const runId = await session.library.importFile(file);
  // As the list calls it: an equal name may have been there.
  const name = session.names.value.get(runId) ?? file.name;
  session.inform(`“${name}” is imported.`, 'It stands in the list.', [
    { label: 'Open it', run: () => void session.act(() => open(runId)) },
  ]);
}
