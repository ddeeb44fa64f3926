// Puts settings, and the place where the next run begins, into the form; the message takes both back.

import type { Signal } from '@preact/signals';
import type { NextFork } from '../session/library.ts';
import type { Session } from '../session/session.ts';
import type { Draft } from '../state/form/draft.ts';

/** `fork` null: the next run begins from nothing. */
export function fillForm(
  session: Session,
  draft: Signal<Draft>,
  next: { draft: Draft; fork: NextFork | null },
  [message, hint]: readonly [string, string],
): void {
  const { nextFork } = session.library;
  const before = { draft: draft.value, fork: nextFork.value };
  const put = (filled: { draft: Draft; fork: NextFork | null }): void => {
    draft.value = filled.draft;
    nextFork.value = filled.fork;
  };
  put(next);
  session.inform(message, hint, [{ label: 'Undo', run: () => put(before) }]);
}
