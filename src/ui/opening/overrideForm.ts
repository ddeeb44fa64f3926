// Puts the settings of a run that the opening starts into the form for as long as it is on view, and starts it.

import { batch, type Signal } from '@preact/signals';
import type { Draft } from '../state/form/draft.ts';
import { activeOverride, type FormOverride, formOverride, ownDraft } from '../state/run/formOverride.ts';

/** Where the start fails, all is as it was before. */
export async function overrideForm(
  draft: Signal<Draft>,
  settings: Draft,
  { start, again }: { start: () => Promise<string>; again: FormOverride['again'] },
): Promise<string> {
  const before = { draft: draft.value, formOverride: formOverride.value };
  // Of a run that is started again, the form holds the formOverride already.
  const override: FormOverride = { draft: settings, own: ownDraft(before.draft), runId: null, again };
  batch(() => {
    formOverride.value = override;
    draft.value = settings;
  });
  try {
    const runId = await start();
    formOverride.value = { ...override, runId };
    return runId;
  } catch (error) {
    batch(() => {
      if (activeOverride(draft.value)) draft.value = before.draft;
      formOverride.value = before.formOverride;
    });
    throw error;
  }
}
