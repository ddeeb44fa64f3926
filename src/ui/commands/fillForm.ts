// Changes of the form that are made for the user: each says what it did, and can be taken back.

import type { PresetKind } from '../../config/index.ts';
import type { NextFork } from '../session/library.ts';
import type { Session } from '../session/session.ts';
import type { AlertAction } from '../state/alerts.ts';
import { type Draft, overriddenText, withLayers } from '../state/form/draft.ts';
import { settingsOpen } from '../state/form/settingsOpen.ts';

/** Settings, and the place where the next run begins: nothing where `fork` is null, the same place where it is absent. */
type Filled = { draft: Draft; fork?: NextFork | null };

export function fillForm(
  session: Session,
  next: Filled,
  [message, hint]: readonly [string, string],
  actions: readonly AlertAction[] = [],
): void {
  const { draft, library } = session;
  const before = { draft: draft.value, fork: library.nextFork.value };
  const put = ({ draft: filled, fork = before.fork }: Filled): void => {
    draft.value = filled;
    library.nextFork.value = fork;
  };
  put(next);
  settingsOpen.value = true;
  session.inform(message, hint, [...actions, { label: 'Undo', run: () => put(before) }]);
}

/** Puts other layers of the preset into the form, and says which settings that were set by hand went with it. */
export function chooseLayers(session: Session, chosen: Partial<Record<PresetKind, string>>): void {
  const { draft, overridden } = withLayers(session.draft.value, chosen);
  settingsOpen.value = true;
  if (overridden.length === 0) {
    session.draft.value = draft;
    return;
  }
  const count = overridden.length === 1 ? 'a setting' : `${overridden.length} settings`;
  fillForm(session, { draft }, [
    `This preset sets ${count} that you had set by hand.`,
    `${overriddenText(overridden)} Your other settings stay.`,
  ]);
}
