// The view Runs: the table of stored runs, their comparison, the way in for bundles, and how full the store is.

import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ViewProps } from '../../session/session.ts';
import { runRow } from '../../state/runs/runRows.ts';
import { CompareCard } from './CompareCard.tsx';
import { ImportCard } from './ImportCard.tsx';
import { RunsTable } from './RunsTable.tsx';
import { runActions } from './runActions.ts';
import { StorageCard } from './StorageCard.tsx';
import './runs.css';

export function RunsView({ session }: ViewProps) {
  const { library } = session;
  const actions = useMemo(() => runActions(session), [session]);
  const training = session.training;
  const viewedId = useComputed(() => session.shown.value.runId);
  const rows = useComputed(() =>
    session.runs.value.map((run) =>
      runRow(run, library.details.value.get(run.id), training.value ? viewedId.value : null),
    ),
  );
  const names = session.names;
  // Scores and checkpoints come in while a run goes on: read anew with the list, and at each evaluation.
  const evaluations = useComputed(() => session.shown.value.evaluations.length);
  useEffect(() => {
    library.refreshDetails().catch((error) => session.report(error));
  }, [session.runs.value, evaluations.value]);
  return (
    <div class="stack">
      <ImportCard work={library.work.value} actions={actions}>
        <RunsTable
          rows={rows.value}
          names={names.value}
          viewedId={viewedId.value}
          training={training.value}
          working={library.work.value !== null || session.busy.value}
          actions={actions}
        />
      </ImportCard>
      <CompareCard rows={rows.value} names={names.value} session={session} />
      <StorageCard
        storage={session.storage.value}
        rows={rows.value}
        trash={library.trash.value}
        details={library.details.value}
        actions={actions}
      />
    </div>
  );
}
