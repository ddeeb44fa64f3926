// The view Runs: the table of stored runs, their comparison, the way in for bundles, and how full the store is.

import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ViewProps } from '../../session/session.ts';
import { CompareCard } from './CompareCard.tsx';
import { ImportCard } from './ImportCard.tsx';
import { RunsTable } from './RunsTable.tsx';
import { runActions } from './runActions.ts';
import { StorageCard } from './StorageCard.tsx';
import './runs.css';

export function RunsView({ session }: ViewProps) {
  const actions = useMemo(() => runActions(session), [session]);
  // Scores and checkpoints come in while a run goes on: read anew with the list, and at each evaluation.
  const evaluations = useComputed(() => session.shown.value.evaluations.length);
  useEffect(() => {
    session.library.refreshDetails().catch((error) => session.report(error));
  }, [session.runs.value, evaluations.value]);
  return (
    <div class="stack">
      <ImportCard actions={actions}>
        <RunsTable actions={actions} />
      </ImportCard>
      <CompareCard actions={actions} />
      <StorageCard actions={actions} />
    </div>
  );
}
