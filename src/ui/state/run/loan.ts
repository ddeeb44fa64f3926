// Settings lent to the form for a run that begins at one press: what the visitor's own form says meanwhile, and its return.

import { batch, effect, type Signal, signal, untracked } from '@preact/signals';
import type { Draft } from '../form/draft.ts';
import { isSameDraft } from '../runs/runSummary.ts';
import type { RunView } from './runView.ts';

export type Loan = {
  lent: Draft;
  /** What the form held before. */
  own: Draft;
  /** The run that is trained with it; null while that is being started. */
  runId: string | null;
  /** Starts the same run anew. */
  again: () => Promise<string>;
};

export const loan: Signal<Loan | null> = signal(null);

/** The loan, while the form holds it unchanged. */
export function loanIn(draft: Draft): Loan | null {
  const { value: current } = loan;
  return current && !draft.rejected && isSameDraft(current.lent, draft) ? current : null;
}

/** What the form says, or would say without the loan. */
export function ownDraft(draft: Draft): Draft {
  return loanIn(draft)?.own ?? draft;
}

/**
 * From now on a loan ends once another run or none is on view; a form that the visitor has changed stays as it is. Returns the
 * way to end that.
 */
export function endLoans(draft: Signal<Draft>, view: Signal<RunView>): () => void {
  return effect(() => {
    const runId = loan.value?.runId ?? null;
    if (runId === null || view.value.runId === runId) return;
    untracked(() =>
      batch(() => {
        draft.value = ownDraft(draft.value);
        loan.value = null;
      }),
    );
  });
}
