// The stages whose ends a stored run holds as checkpoints.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Session } from '../../session/session.ts';

/** Names in order of step; null while they are not read. `runId` null asks for nothing; another `revision` asks again. */
export function useHeldStages(
  session: Session,
  runId: string | null,
  revision: unknown = null,
): readonly string[] | null {
  const held = useSignal<{ runId: string; stages: readonly string[] } | null>(null);
  useEffect(() => {
    if (runId === null) return;
    let wanted = true;
    session.samples.checkpoints(runId).then(
      (found) => {
        if (!wanted) return;
        const ends = found.filter(({ kind }) => kind === 'stage-end').sort((a, b) => a.step - b.step);
        held.value = { runId, stages: ends.map(({ stage }) => stage) };
      },
      (error) => session.report(error),
    );
    return () => {
      wanted = false;
    };
  }, [session, runId, revision, held]);
  return held.value && held.value.runId === runId ? held.value.stages : null;
}
