// What the view Runs shows and can be asked for.

import { computed } from '@preact/signals';
import type { FileRequest } from '../../../storage/exportFiles.ts';
import { download, fileStem } from '../../browser/download.ts';
import { fillFromRun } from '../../commands/fillForm.ts';
import { showView } from '../../commands/route.ts';
import type { Session } from '../../session/session.ts';
import { startOfFork } from '../../state/form/startPoint.ts';
import { runTitle } from '../../state/runs/runNames.ts';
import { type RunRow, runRow } from '../../state/runs/runRows.ts';
import { draftOfRun, linkOf, startOfRun } from '../../state/runs/runSettings.ts';
import { importFiles } from './importFiles.ts';
import { chosen, unfolded } from './runsState.ts';

export type RunActions = ReturnType<typeof runActions>;

const TYPES: { readonly [extension: string]: string } = {
  csv: 'text/csv',
  json: 'application/json',
  md: 'text/markdown',
  safetensors: 'application/octet-stream',
};

export function runActions(session: Session) {
  const { library } = session;
  const act = (command: () => Promise<unknown>): void => void session.act(command);
  const save = (row: RunRow, bytes: Uint8Array, name: string): void =>
    download(bytes, `${fileStem(row.label)}-${name}`, TYPES[name.split('.').at(-1) ?? '']);
  const viewedId = computed(() => session.shown.value.runId);
  return {
    session,
    viewedId,
    /** The runs as rows, newest first. */
    rows: computed(() => {
      const liveId = session.training.value ? viewedId.value : null;
      return session.runs.value.map((run) => runRow(run, library.details.value.get(run.id), liveId));
    }),
    /** Something is on its way; buttons that would start more wait. */
    working: computed(() => library.work.value !== null || session.busy.value),
    /** The label of a run, with what tells it from others of that label. */
    nameOf: ({ run, label }: RunRow) => session.names.value.get(run.id) ?? label,
    open: (runId: string) => act(() => openOne(session, runId)),
    resume: (runId: string) => act(() => session.resumeRun(runId)),
    rename: (runId: string, name: string) => act(() => library.update(runId, { name: name.trim() })),
    setTags: (runId: string, tags: readonly string[]) => act(() => library.update(runId, { tags })),
    moveToTrash: ({ run, label }: RunRow) =>
      act(async () => {
        await library.update(run.id, { trashedAt: new Date().toISOString() });
        chosen.value = chosen.value.filter((id) => id !== run.id);
        if (unfolded.value === run.id) unfolded.value = null;
        if (session.shown.value.runId === run.id && !session.training.value) session.newRun();
        session.inform(inTrash(label), 'Nothing of it is lost until the trash is emptied.', [
          { label: 'Undo', run: () => act(() => library.update(run.id, { trashedAt: undefined })) },
        ]);
      }),
    restore: (runId: string) => {
      withdrawUndo(session, [runId]);
      act(() => library.update(runId, { trashedAt: undefined }));
    },
    deleteForGood: (runIds: readonly string[]) => {
      withdrawUndo(session, runIds);
      act(() => library.deleteForGood(runIds));
    },
    bundle: (row: RunRow) =>
      act(async () => save(row, await library.bundle(row.run.id, row.label), 'bundle.zip')),
    file: (row: RunRow, request: FileRequest, name: string) =>
      act(async () => save(row, await session.store.exportFile(row.run.id, request), name)),
    report: (row: RunRow) =>
      act(async () => {
        const text = await session.inspector.report(row.run.id);
        save(row, new TextEncoder().encode(text), 'report.md');
      }),
    importFiles: (files: readonly File[], folders: readonly string[] = []) =>
      importFiles(session, files, folders, (runId) => openOne(session, runId)),
    /** Puts the run's settings into the form, and lets the next start begin after the stage. */
    fork: (row: RunRow, stage: string) => {
      try {
        fillFromRun(session, draftOfRun(row.run), startOfFork({ runId: row.run.id, stage }));
        showView('train');
      } catch (error) {
        session.report(error);
      }
    },
    /** @throws PlaygroundError for settings of another version. */
    link: ({ run }: RunRow) => linkOf({ draft: draftOfRun(run), start: startOfRun(run) }, location.href),
    // Not one of the commands that wait for each other: a browser may ask the user first, and he may let the question stand.
    keepStorage: () => void keepStorage(session).catch((error) => session.report(error)),
    fail: (error: unknown) => session.report(error),
  };
}

function inTrash(label: string): string {
  return `“${label}” is in the trash.`;
}

/** Takes the messages away that offer to take these runs back. */
function withdrawUndo(session: Session, runIds: readonly string[]): void {
  const runs = session.library.trash.value.filter(({ id }) => runIds.includes(id));
  const messages = new Set(runs.map((run) => inTrash(runTitle(run))));
  for (const { id, message } of session.alerts.value) if (messages.has(message)) session.dismiss(id);
}

/** Its stages and curves stand on Train. */
async function openOne(session: Session, runId: string): Promise<void> {
  await session.openRun(runId);
  showView('train');
}

/** Asks the browser to clear nothing by itself, and says what it answered. */
async function keepStorage(session: Session): Promise<void> {
  const kept = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  await session.library.refresh();
  if (kept) {
    session.inform(
      'The browser keeps these runs.',
      'They stay until you delete them or the data of this page.',
    );
  } else {
    session.inform(
      'The browser did not promise to keep these runs.',
      'Most grant it to a page that is installed, bookmarked or often used: try again later, and export what matters.',
    );
  }
}
