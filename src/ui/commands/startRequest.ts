// What the form asks to be started; refused, with the focus on the field, while one holds what cannot be used.

import { PlaygroundError } from '../../base/errors.ts';
import type { StartRequest } from '../../protocol/messages.ts';
import type { Session } from '../session/session.ts';
import { type Draft, firstRejected, labelOf, problemOf } from '../state/form/draft.ts';
import { wantedField } from '../state/form/wantedField.ts';
import { showView } from './route.ts';

const REFUSED = 'Nothing was started: ';

/** @throws PlaygroundError `bad-setting` that names the first field whose text is no value of it. */
export function startRequest(session: Session, draft: Draft): Pick<StartRequest, 'preset' | 'settings'> {
  // A refusal of before is settled, or said anew.
  for (const { id, message } of session.alerts.value) if (message.startsWith(REFUSED)) session.dismiss(id);
  const { preset, settings } = draft;
  const rejected = firstRejected(draft);
  if (!rejected) return { preset, settings };
  const { info, text } = rejected;
  showView('train');
  wantedField.value = info.key;
  throw new PlaygroundError(
    'bad-setting',
    `${REFUSED}“${labelOf(info.key)}” cannot be ${text.trim() === '' ? 'empty' : `“${text}”`}.`,
    problemOf(info.key, text),
    { setting: info.key },
  );
}
