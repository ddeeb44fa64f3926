// What a button of the opening does: it starts a run and brings it into sight.

import { startInSight } from '../commands/start.ts';
import type { Session } from '../session/session.ts';

export const begin = (session: Session, start: () => Promise<unknown>): void =>
  void session.act(() => startInSight(session, 'every screen', start));
