// Settings and starting point that stand in the form for a run that begins at one press: the user's own form meanwhile, and its return.

import { batch, effect, type Signal, signal, untracked } from '@preact/signals';
import type { Draft } from '../form/draft.ts';
import { type Form, isSameStart, type StartPoint } from '../form/startPoint.ts';
import { isSameDraft } from '../runs/runSettings.ts';
import type { RunState } from './runState.ts';

/** The form of the page. */
export type FormSignals = { draft: Signal<Draft>; startPoint: Signal<StartPoint | null> };

export type FormOverride = {
  form: Form;
  /** What the form held before. */
  own: Form;
  /** The run that is trained with it; null while that is being started. */
  runId: string | null;
  /** Of the run. */
  name: string;
};

export const formOverride: Signal<FormOverride | null> = signal(null);

export function readForm({ draft, startPoint }: FormSignals): Form {
  return { draft: draft.value, start: startPoint.value };
}

export function putForm({ draft, startPoint }: FormSignals, form: Form): void {
  batch(() => {
    draft.value = form.draft;
    startPoint.value = form.start;
  });
}

/** The override, while the form holds it unchanged. */
export function activeOverride(form: Form): FormOverride | null {
  const { value: current } = formOverride;
  if (!current || form.draft.rejected) return null;
  return isSameForm(current.form, form) ? current : null;
}

export function isSameForm(a: Form, b: Form): boolean {
  return isSameDraft(a.draft, b.draft) && isSameStart(a.start, b.start);
}

/** What the form says, or would say without the override. */
export function ownForm(form: Form): Form {
  return activeOverride(form)?.own ?? form;
}

/**
 * From now on an override ends once another run or none is on view; a form that the user has changed stays as it is. Returns the
 * way to end that.
 */
export function endOverrides(signals: FormSignals, shown: Signal<RunState>): () => void {
  return effect(() => {
    const runId = formOverride.value?.runId ?? null;
    if (runId === null || shown.value.runId === runId) return;
    untracked(() =>
      batch(() => {
        putForm(signals, ownForm(readForm(signals)));
        formOverride.value = null;
      }),
    );
  });
}

/** Puts what a run begins with into the form for as long as it is on view, and starts it. Where the start fails, all is as it was before. */
export async function overrideForm(
  signals: FormSignals,
  { form, name }: Pick<FormOverride, 'form' | 'name'>,
  start: () => Promise<string>,
): Promise<string> {
  const before = { form: readForm(signals), override: formOverride.value };
  // Of a run that is started again, the form holds the override already.
  const override: FormOverride = { form, own: ownForm(before.form), runId: null, name };
  const put = (filled: Form, current: FormOverride | null): void =>
    batch(() => {
      formOverride.value = current;
      putForm(signals, filled);
    });
  put(form, override);
  try {
    const runId = await start();
    formOverride.value = { ...override, runId };
    return runId;
  } catch (error) {
    const now = readForm(signals);
    put(activeOverride(now) ? before.form : now, before.override);
    throw error;
  }
}
