// The commands of the list of runs.

import { download } from '../../download.ts';
import type { Session } from '../../session.ts';
import { isActive } from '../../state/runView.ts';
import type { RunActions } from './RunsList.tsx';

export function runActions(session: Session): RunActions {
  return {
    open: (runId) => void session.act(() => session.openRun(runId)),
    resume: (runId) => void session.act(() => session.resumeRun(runId)),
    remove: (runId) => void session.act(() => session.removeRun(runId)),
    exportBundle: (runId) =>
      void session.act(async () => download(await session.exportBundle(runId), `cosmo-${runId}.zip`)),
    importBundle: (file) =>
      void session.act(async () => {
        const runId = await session.importBundle(new Uint8Array(await file.arrayBuffer()));
        if (!isActive(session.view.value.phase)) await session.openRun(runId);
      }),
  };
}
