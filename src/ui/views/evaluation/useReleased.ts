// The released models with their scores, as the inspector knows them.

import type { ReleasedModel } from '../../../protocol/inspector.ts';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';

const NONE: readonly ReleasedModel[] = [];

/** Empty until they are known. */
export function useReleased(session: Session): readonly ReleasedModel[] {
  return useRead(session, 'released', [], () => session.inspector.released()) ?? NONE;
}
