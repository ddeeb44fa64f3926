// Lends the form the settings of a run that the opening starts, and starts it.

import { batch, type Signal } from '@preact/signals';
import type { Draft } from '../state/form/draft.ts';
import { type Loan, loan, loanIn, ownDraft } from '../state/run/loan.ts';

/** Where the start fails, all is as it was before. */
export async function lendForm(
  draft: Signal<Draft>,
  lent: Draft,
  { start, again }: { start: () => Promise<string>; again: Loan['again'] },
): Promise<string> {
  const before = { draft: draft.value, loan: loan.value };
  // Of a run that is started again, the form holds the loan already.
  const lending: Loan = { lent, own: ownDraft(before.draft), runId: null, again };
  batch(() => {
    loan.value = lending;
    draft.value = lent;
  });
  try {
    const runId = await start();
    loan.value = { ...lending, runId };
    return runId;
  } catch (error) {
    batch(() => {
      if (loanIn(draft.value)) draft.value = before.draft;
      loan.value = before.loan;
    });
    throw error;
  }
}
