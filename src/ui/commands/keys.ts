// The keys of the page, from the table of actions; they stay out of the way of fields and buttons.

import { lessonPlace } from '../state/lesson/lessonPlace.ts';
import { ACTIONS, type Action, type Page, press } from './actions.ts';

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

/** Which action a key press asks for, given what has the focus. */
export function actionOfKey(pressed: KeyPress, focusTag: string): Action | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.repeat) return null;
  const tag = focusTag.toLowerCase();
  if (['input', 'select', 'textarea'].includes(tag)) return null;
  const actions: readonly Action[] = ACTIONS;
  const found = actions.find(({ key }) => key?.press.includes(pressed.key));
  return !found || (found.key?.idle && ['button', 'summary', 'a'].includes(tag)) ? null : found;
}

/** Listens until the returned function is called. */
export function listenToKeys(page: Page): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (document.querySelector('dialog[open]')) return;
    const action = actionOfKey(event, document.activeElement?.tagName ?? '');
    // A lesson starts its own runs.
    if (!action || (lessonPlace.value && !action.atOnce)) return;
    event.preventDefault();
    press(action, page);
  };
  document.addEventListener('keydown', listener);
  return () => document.removeEventListener('keydown', listener);
}
