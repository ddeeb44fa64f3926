// Settings that stand in the form for a run that begins at one press: what the user's own form says meanwhile, and its return.

import { batch, effect, type Signal, signal, untracked } from '@preact/signals';
import type { Draft } from '../form/draft.ts';
import { isSameDraft } from '../runs/runSummary.ts';
import type { RunState } from './runState.ts';

export type FormOverride = {
  draft: Draft;
  /** What the form held before. */
  own: Draft;
  /** The run that is trained with it; null while that is being started. */
  runId: string | null;
  /** Starts the same run anew. */
  again: () => Promise<string>;
};

export const formOverride: Signal<FormOverride | null> = signal(null);

/** The formOverride, while the form holds it unchanged. */
export function activeOverride(draft: Draft): FormOverride | null {
  const { value: current } = formOverride;
  return current && !draft.rejected && isSameDraft(current.draft, draft) ? current : null;
}

/** What the form says, or would say without the formOverride. */
export function ownDraft(draft: Draft): Draft {
  return activeOverride(draft)?.own ?? draft;
}

/**
 * From now on a formOverride ends once another run or none is on view; a form that the user has changed stays as it is. Returns the
 * way to end that.
 */
export function endOverrides(draft: Signal<Draft>, shown: Signal<RunState>): () => void {
  return effect(() => {
    const runId = formOverride.value?.runId ?? null;
    if (runId === null || shown.value.runId === runId) return;
    untracked(() =>
      batch(() => {
        draft.value = ownDraft(draft.value);
        formOverride.value = null;
      }),
    );
  });
}
