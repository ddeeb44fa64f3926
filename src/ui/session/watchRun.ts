// Shows a run that another tab trains: as the store has it, then as that tab reports it.

import type { Signal } from '@preact/signals';
import type { TrainEvent } from '../../protocol/messages.ts';
import { queueOfRun } from '../../terms/run.ts';
import { type RunState, reduceEvents } from '../state/run/runState.ts';
import type { RunLibrary } from './library.ts';
import type { OtherTabs } from './otherTabs.ts';

/** `onFree` is called when that tab lets the run go. */
export async function watchRun(
  runId: string,
  { shown, tabs, stored }: { shown: Signal<RunState>; tabs: OtherTabs; stored: RunLibrary },
  onFree: () => void,
): Promise<void> {
  let early: readonly TrainEvent[] = [];
  let show = (events: readonly TrainEvent[]): void => {
    early = [...early, ...events];
  };
  tabs.watch((events) => show(events), runId, onFree);
  const before = await stored.state(runId);
  const message =
    queueOfRun(runId) === null
      ? 'Another tab trains this run. If that tab is closed, this one takes over.'
      : 'The queue of the view Lab trains this run.';
  show = (events) => {
    // Phases are those of the other tab; an error is shown there.
    const seen = events.filter(({ kind }) => kind !== 'status' && kind !== 'error');
    if (shown.value.runId === runId && shown.value.phase === 'watched')
      shown.value = reduceEvents(shown.value, seen);
  };
  shown.value = { ...before, phase: 'watched', message };
  show(early);
}
