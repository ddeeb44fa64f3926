// Settings that stand in the form for a run that begins at one press: what the user's own form says meanwhile, and its return.

import { batch, effect, type Signal, signal, untracked } from '@preact/signals';
import type { Draft } from '../form/draft.ts';
import { isSameDraft } from '../runs/runSettings.ts';
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

/** Puts the settings of a run into the form for as long as it is on view, and starts it. Where the start fails, all is as it was before. */
export async function overrideForm(
  draft: Signal<Draft>,
  settings: Draft,
  { start, again }: { start: () => Promise<string>; again: FormOverride['again'] },
): Promise<string> {
  const before = { draft: draft.value, override: formOverride.value };
  // Of a run that is started again, the form holds the override already.
  const override: FormOverride = { draft: settings, own: ownDraft(before.draft), runId: null, again };
  const put = (filled: Draft, current: FormOverride | null): void =>
    batch(() => {
      formOverride.value = current;
      draft.value = filled;
    });
  put(settings, override);
  try {
    const runId = await start();
    formOverride.value = { ...override, runId };
    return runId;
  } catch (error) {
    put(activeOverride(draft.value) ? before.draft : draft.value, before.override);
    throw error;
  }
}
