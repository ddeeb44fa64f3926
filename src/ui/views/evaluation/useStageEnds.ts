// The checkpoints at the ends of a run's stages that change the policy.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CheckpointManifest } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';

/** In order of step; read anew when the run goes on. */
export function useStageEnds(session: Session, runId: string | null): readonly CheckpointManifest[] {
  const ends = useSignal<readonly CheckpointManifest[]>([]);
  const evaluated = session.view.value.evaluations.length;
  const { phase } = session.view.value;
  useEffect(() => {
    let wanted = true;
    const read = async (): Promise<readonly CheckpointManifest[]> =>
      runId === null ? [] : await session.samples.checkpoints(runId);
    read().then(
      (found) => {
        if (!wanted) return;
        ends.value = found
          .filter(({ kind, stage }) => kind === 'stage-end' && !stage.startsWith('heads'))
          .sort((a, b) => a.step - b.step);
      },
      (error) => session.report(error),
    );
    return () => {
      wanted = false;
    };
  }, [session, runId, evaluated, phase, ends]);
  return ends.value;
}
