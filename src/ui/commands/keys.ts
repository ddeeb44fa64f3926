// The keys of the page; they stay out of the way of fields and buttons.

export type KeyActions = { toggle: () => void; step: () => void; reset: () => void; help: () => void };

type KeyPress = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; repeat: boolean };

/** Which action a key press asks for, given what has the focus. */
export function actionOfKey(press: KeyPress, focusTag: string): keyof KeyActions | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat) return null;
  const tag = focusTag.toLowerCase();
  if (tag === 'input' || tag === 'select' || tag === 'textarea') return null;
  if (press.key === '?') return 'help';
  if (press.key === '.') return 'step';
  if (press.key === 'r' || press.key === 'R') return 'reset';
  if (press.key === ' ') return tag === 'button' || tag === 'summary' || tag === 'a' ? null : 'toggle';
  return null;
}

/** Listens until the returned function is called. */
export function listenToKeys(actions: KeyActions): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (document.querySelector('dialog[open]')) return;
    const action = actionOfKey(event, document.activeElement?.tagName ?? '');
    if (!action) return;
    event.preventDefault();
    actions[action]();
  };
  document.addEventListener('keydown', listener);
  return () => document.removeEventListener('keydown', listener);
}
