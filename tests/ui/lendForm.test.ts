// The form while a run of the opening is on view, and after it.

import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { lendForm } from '../../src/ui/opening/lendForm.ts';
import { draftOfPreset, withSetting } from '../../src/ui/state/draft.ts';
import { emptyRunView } from '../../src/ui/state/runView.ts';

const BEFORE = draftOfPreset('quick');
const LENT = draftOfPreset('smoke+grpo');

function made() {
  return { draft: signal(BEFORE), view: signal(emptyRunView()) };
}

describe('a form that is lent', () => {
  it('holds what is trained while that run is on view, and then what it held before', async () => {
    const { draft, view } = made();
    await lendForm(draft, LENT, view, async () => {
      expect(draft.value).toBe(LENT);
      view.value = { ...emptyRunView(), runId: 'a', phase: 'running' };
      return 'a';
    });
    view.value = { ...view.value, phase: 'done' };
    expect(draft.value).toBe(LENT);
    view.value = emptyRunView();
    expect(draft.value).toBe(BEFORE);
    await Promise.resolve();
    draft.value = LENT;
    view.value = { ...emptyRunView(), runId: 'b', phase: 'running' };
    expect(draft.value).toBe(LENT);
  });

  it('stays as the visitor has changed it', async () => {
    const { draft, view } = made();
    view.value = { ...emptyRunView(), runId: 'a', phase: 'running' };
    await lendForm(draft, LENT, view, async () => 'a');
    const changed = withSetting(draft.value, 'seed', 3);
    draft.value = changed;
    view.value = emptyRunView();
    expect(draft.value).toBe(changed);
  });

  it('is as before where the start fails', async () => {
    const { draft, view } = made();
    const failed = lendForm(draft, LENT, view, () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    expect(draft.value).toBe(BEFORE);
  });
});
