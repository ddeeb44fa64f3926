// The view Runs: the table of stored runs, their comparison, the way in for bundles, and how full the store is.

import { useComputed, useSignal } from '@preact/signals';
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
  // Nothing is drawn before the first answer, or a failure: stages and figures make rows higher, and would move buttons under a finger.
  const answered = useSignal(false);
  useEffect(() => {
    session.library
      .refreshDetails()
      .catch((error) => session.report(error))
      .finally(() => {
        answered.value = true;
      });
  }, [session.runs.value, evaluations.value]);
  return (
    <div class="stack">
      <ImportCard actions={actions}>
        {answered.value ? <RunsTable actions={actions} /> : <p class="empty">Reading …</p>}
      </ImportCard>
      {answered.value && (
        <>
          <CompareCard actions={actions} />
          <StorageCard actions={actions} />
        </>
      )}
    </div>
  );
}
