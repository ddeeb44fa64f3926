// Undo and redo over values that are never changed in place.

export type History<T> = {
  past: readonly T[];
  now: T;
  future: readonly T[];
  /** What the last edit was of, so that the letters of one word are undone together. */
  last: string;
};

const MOST_KEPT = 100;

export function historyOf<T>(now: T): History<T> {
  return { past: [], now, future: [], last: '' };
}

/** The next value. Edits one after the other that have the same `mergeAs` (not empty) are undone in one go. */
export function edited<T>(history: History<T>, now: T, mergeAs = ''): History<T> {
  if (mergeAs !== '' && mergeAs === history.last) return { ...history, now, future: [] };
  return { past: [...history.past, history.now].slice(-MOST_KEPT), now, future: [], last: mergeAs };
}

/** Another form of the same value: no edit, so there is nothing to undo. */
export function restated<T>(history: History<T>, now: T): History<T> {
  return { ...history, now };
}

export function undone<T>({ past, now, future, ...rest }: History<T>): History<T> {
  const before = past.at(-1);
  if (before === undefined) return { ...rest, past, now, future };
  return { past: past.slice(0, -1), now: before, future: [now, ...future], last: '' };
}

export function redone<T>({ past, now, future, ...rest }: History<T>): History<T> {
  const [after, ...later] = future;
  if (after === undefined) return { ...rest, past, now, future };
  return { past: [...past, now], now: after, future: later, last: '' };
}
