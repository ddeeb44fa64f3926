// The released models with their scores, as the inspector knows them.

import type { ReleasedModel } from '../../../protocol/inspector.ts';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';

const NONE: readonly ReleasedModel[] = [];

/** Empty until they are known. */
export function useReleased(session: Session): readonly ReleasedModel[] {
  const ask = () => session.inspector.released();
  return useRead('released', [], ask, (error) => session.report(error)) ?? NONE;
}
