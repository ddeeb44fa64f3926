// Changes of the form that are made for the user: each says what it did, and can be taken back.

import type { PresetKind } from '../../config/index.ts';
import { stageTitle } from '../../terms/stages.ts';
import type { Session } from '../session/session.ts';
import { startName } from '../session/startPoints.ts';
import type { AlertAction } from '../state/alerts.ts';
import { type Draft, overriddenText, withLayers } from '../state/form/draft.ts';
import { settingsOpen } from '../state/form/settingsOpen.ts';
import type { StartPoint } from '../state/form/startPoint.ts';
import { putForm, readForm } from '../state/run/formOverride.ts';

/** Settings, and where the next run begins: it is trained whole where `start` is null, and begins where it did where that is absent. */
type Filled = { draft: Draft; start?: StartPoint | null };

export function fillForm(
  session: Session,
  next: Filled,
  [message, hint]: readonly [string, string],
  actions: readonly AlertAction[] = [],
): void {
  const before = readForm(session);
  putForm(session, { ...before, ...next });
  settingsOpen.value = true;
  session.inform(message, hint, [...actions, { label: 'Undo', run: () => putForm(session, before) }]);
}

/** Fills the form with what made a stored run and the place where the next one begins; nothing is started. */
export function fillFromRun(session: Session, draft: Draft, start: StartPoint | null): void {
  const begins = start
    ? `The form is set. The next run begins after ${stageTitle(start.stage)} of “${startName(session, start)}”.`
    : 'The form holds the settings of this run, which was trained whole.';
  fillForm(session, { draft, start }, [begins, 'Change what comes after, then press Start.']);
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
