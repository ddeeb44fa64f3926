// The view Runs: every stored run.

import { useComputed } from '@preact/signals';
import { isActive } from '../../state/runView.ts';
import type { ViewProps } from '../types.ts';
import { RunsList } from './RunsList.tsx';
import { runActions } from './runActions.ts';
import './runs.css';

export function RunsView({ session }: ViewProps) {
  const training = useComputed(() => isActive(session.view.value.phase));
  const viewedId = useComputed(() => session.view.value.runId);
  return (
    <div class="stack">
      <RunsList
        runs={session.runs.value}
        storage={session.storage.value}
        viewedId={viewedId.value}
        training={training.value}
        actions={runActions(session)}
      />
    </div>
  );
}
