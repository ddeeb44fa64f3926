// The rail of the run on view with its commands, and what the next run will take before it is started.

import { useComputed } from '@preact/signals';
import { readSettings } from '../../../config/index.ts';
import { planOf } from '../../../terms/stages.ts';
import { fillFromRun } from '../../commands/fillForm.ts';
import { EstimateLine } from '../../parts/EstimateLine.tsx';
import { useStageEnds } from '../../parts/useStageEnds.ts';
import type { ViewProps } from '../../session/session.ts';
import { startOfFork } from '../../state/form/startPoint.ts';
import { holdsWeightsAlone, isActive, planAsRun, reachedBy } from '../../state/run/runState.ts';
import { draftOfRun } from '../../state/runs/runSettings.ts';
import { StageRail } from './StageRail.tsx';

export function RunStages({ session }: ViewProps) {
  const progress = useComputed(() => session.shown.value.progress);
  const phase = useComputed(() => session.shown.value.phase);
  const runId = useComputed(() => session.shown.value.runId);
  // A stored run shows the stages it went through, not those of the form.
  const stored = useComputed(() => session.runs.value.find((run) => run.id === runId.value));
  const plan = useComputed(() => {
    if (progress.value) return progress.value.stages;
    if (!stored.value) return planOf(session.draft.value.settings);
    return planAsRun(planOf(readSettings(stored.value).settings), session.shown.value);
  });
  const weightsAlone = useComputed(() => holdsWeightsAlone(session.shown.value));
  const held = useStageEnds(session, weightsAlone.value ? runId.value : null);
  const shown = weightsAlone.value
    ? plan.value.filter(({ name }) => held?.some(({ stage }) => stage === name))
    : plan.value;
  const reached = useComputed(() =>
    progress.value || !runId.value ? null : reachedBy(plan.value, session.shown.value),
  );
  const training = isActive(phase.value);
  const id = runId.value;
  const again = (stage: string): void => {
    const run = stored.value;
    if (!run) return;
    try {
      fillFromRun(session, draftOfRun(run), startOfFork({ runId: run.id, stage }));
    } catch (error) {
      session.report(error);
    }
  };
  return (
    <>
      <StageRail
        plan={shown}
        progress={progress.value}
        reached={reached.value}
        phase={phase.value}
        note={weightsAlone.value ? 'Weights only, not trained here.' : undefined}
        onSkip={training ? (stage) => void session.act(() => session.trainer.skip(stage)) : undefined}
        onAgain={!training && id !== null && phase.value !== 'watched' ? again : undefined}
      />
      {phase.value === 'idle' && <EstimateLine session={session} />}
    </>
  );
}
