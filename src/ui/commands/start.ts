// What Start begins, and that it is seen from its first moment.

import { effect } from '@preact/signals';
import { PlaygroundError } from '../../base/errors.ts';
import type { StartRequest } from '../../protocol/messages.ts';
import { stageTitle } from '../../terms/stages.ts';
import type { Session } from '../session/session.ts';
import { startAt, startName } from '../session/startPoints.ts';
import { firstRejected, labelOf, problemOf } from '../state/form/draft.ts';
import { settingsOpen } from '../state/form/settingsOpen.ts';
import { wantedField } from '../state/form/wantedField.ts';
import { activeOverride, overrideForm, readForm } from '../state/run/formOverride.ts';
import { view as shownView, showView } from './route.ts';

const REFUSED = 'Nothing was started: ';

/**
 * What the form asks to be started; refused, with the focus on the field, while one holds what cannot be used.
 * @throws PlaygroundError `bad-setting` that names the first field whose text is no value of it.
 */
export function startRequest(session: Session): Pick<StartRequest, 'preset' | 'settings'> {
  // A refusal of before is settled, or said anew.
  for (const { id, message } of session.alerts.value) if (message.startsWith(REFUSED)) session.dismiss(id);
  const { preset, settings } = session.draft.value;
  const rejected = firstRejected(session.draft.value);
  if (!rejected) return { preset, settings };
  const { info, text } = rejected;
  showView('train');
  settingsOpen.value = true;
  wantedField.value = info.key;
  throw new PlaygroundError(
    'bad-setting',
    `${REFUSED}“${labelOf(info.key)}” cannot be ${text.trim() === '' ? 'empty' : `“${text}”`}.`,
    problemOf(info.key, text),
    { setting: info.key },
  );
}

/** What the form says: its settings, and the stage after which the run begins. A run that overrides the form does so again. */
export async function startNext(session: Session): Promise<string> {
  const request = startRequest(session);
  const form = readForm(session);
  const { start } = form;
  const override = activeOverride(form);
  if (override)
    return await overrideForm(session, override, () =>
      startAt(session, { ...request, name: override.name }, start),
    );
  const name = start && `${startName(session, start)}, on from ${stageTitle(start.stage)}`;
  return await startAt(session, name === null ? request : { ...request, name }, start);
}

/** One column: the settings stand below what is live (see shell.css). */
const NARROW = '(max-width: 900px)';

/**
 * Runs `start`, and shows the top of the view Train once the run takes the place of what was there; not where the user has moved on
 * since. `movesOn`: every screen, or one where the settings may hide what is live. At the very top Chromium anchors nothing, so charts
 * that appear below move nothing either.
 */
export async function startInSight<T>(
  session: Pick<Session, 'shown'>,
  movesOn: 'every screen' | 'narrow screens',
  start: () => Promise<T>,
): Promise<T> {
  const pressedAt = scrollY;
  let waits = shownView.peek() === 'train' && (movesOn === 'every screen' || matchMedia(NARROW).matches);
  const end = effect(() => {
    if (session.shown.value.phase !== 'starting' || !waits) return;
    waits = false;
    // Nothing has been drawn anew so far: another place is the user's choice.
    if (scrollY === pressedAt && shownView.peek() === 'train') scrollTo(0, 0);
  });
  try {
    return await start();
  } finally {
    end();
  }
}
