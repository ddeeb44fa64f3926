// A run that a user starts is seen from its first moment: the top of the view Train, where its stages and figures stand.

import { effect } from '@preact/signals';
import type { Session } from '../session/session.ts';
import { view as shownView } from './route.ts';

/** One column: the settings stand below what is live (see shell.css). */
const NARROW = '(max-width: 900px)';

/** Where the view moves: on every screen, or on one where the settings may hide what is live. */
export type MovesOn = 'every screen' | 'narrow screens';

/**
 * Runs `start`, and shows the top once the run takes the place of what was there; not where the user has moved on since. At the
 * very top Chromium anchors nothing, so charts that appear below move nothing either.
 */
export async function startInSight<T>(
  session: Pick<Session, 'shown'>,
  movesOn: MovesOn,
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
