// Shows a run that another tab trains: as the store has it, then as that tab reports it.

import type { Signal } from '@preact/signals';
import type { TrainEvent } from '../../protocol/messages.ts';
import { type RunView, reduceEvents } from '../state/run/runView.ts';
import type { OtherTabs } from './otherTabs.ts';
import type { StoredRuns } from './storedRuns.ts';

/** `onFree` is called when that tab lets the run go. */
export async function watchRun(
  runId: string,
  { view, tabs, stored }: { view: Signal<RunView>; tabs: OtherTabs; stored: StoredRuns },
  onFree: () => void,
): Promise<void> {
  const early: TrainEvent[] = [];
  let show = (events: readonly TrainEvent[]): void => {
    early.push(...events);
  };
  tabs.watch((events) => show(events), runId, onFree);
  const before = await stored.view(runId);
  const message = 'Another tab trains this run. When that tab is closed, this one goes on with it.';
  show = (events) => {
    // Phases are those of the other tab; an error is shown there.
    const seen = events.filter(({ kind }) => kind !== 'status' && kind !== 'error');
    if (view.value.runId === runId && view.value.phase === 'watched')
      view.value = reduceEvents(view.value, seen);
  };
  view.value = { ...before, phase: 'watched', message };
  show(early);
}
