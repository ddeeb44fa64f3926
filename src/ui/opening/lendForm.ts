// Settings of a run that the opening starts: the form holds them while that run is on view, and then what it held before.

import { effect, type Signal, untracked } from '@preact/signals';
import type { Draft } from '../state/draft.ts';
import type { RunView } from '../state/runView.ts';

/**
 * Puts `lent` into the form and starts the run. What the form held comes back once another run or none is on view, or where the
 * start fails; not after the visitor has changed the form.
 */
export async function lendForm(
  draft: Signal<Draft>,
  lent: Draft,
  view: Signal<RunView>,
  start: () => Promise<string>,
): Promise<void> {
  const before = draft.value;
  const giveBack = (): void => {
    if (draft.peek() === lent) draft.value = before;
  };
  draft.value = lent;
  let runId: string;
  try {
    runId = await start();
  } catch (error) {
    giveBack();
    throw error;
  }
  const end = effect(() => {
    if (view.value.runId === runId) return;
    untracked(giveBack);
    queueMicrotask(() => end());
  });
}
