// The checkpoints at the ends of a stored run's stages.

import type { CheckpointManifest } from '../../storage/types.ts';
import type { Session } from '../session/session.ts';
import { useRead } from './useRead.ts';

/** In order of step; null while they are not read. `runId` null asks for nothing; another value in `again` asks again. */
export function useStageEnds(
  session: Session,
  runId: string | null,
  again: readonly unknown[] = [],
): readonly CheckpointManifest[] | null {
  const found = useRead(session, runId, again, (id) => session.store.listCheckpoints(id));
  return found?.filter(({ kind }) => kind === 'stage-end').sort((a, b) => a.step - b.step) ?? null;
}
