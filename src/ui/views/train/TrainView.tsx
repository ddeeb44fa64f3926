// The view Train: the stage first, then stages, tests and curves of the run; the settings beside them where they are open.

import { useComputed } from '@preact/signals';
import { useReferences } from '../../charts/useReferences.ts';
import { Opening } from '../../opening/Opening.tsx';
import { lazily } from '../../parts/lazily.tsx';
import { useMetrics } from '../../parts/useMetrics.ts';
import type { ViewProps } from '../../session/session.ts';
import { RunStage } from '../../stage/RunStage.tsx';
import { settingsOpen } from '../../state/form/settingsOpen.ts';
import { hintOf } from '../../state/run/rewind.ts';
import { holdsWeightsAlone, isOver } from '../../state/run/runState.ts';
import { Controls } from './Controls.tsx';
import { ExhibitCard } from './ExhibitCard.tsx';
import { ForkNotice, waitsForStart } from './ForkNotice.tsx';
import { GuardCard } from './GuardCard.tsx';
import { Outcome } from './Outcome.tsx';
import { RunStages } from './RunStages.tsx';
import { SETTINGS_ID, SettingsButton } from './SettingsButton.tsx';
import { ShownRun } from './ShownRun.tsx';
import './train.css';

/** The charts are most of the code of the view. */
const Curves = lazily(async () => (await import('../../charts/Curves.tsx')).Curves);

export function TrainView({ session }: ViewProps) {
  const open = settingsOpen.value;
  return (
    <div class={open ? 'layout beside' : 'layout'}>
      {open && (
        <div class="column" id={SETTINGS_ID}>
          <ForkNotice session={session} />
          <Controls session={session} />
        </div>
      )}
      <div class="column live">
        {!open && !session.training.value && waitsForStart(session) && <ForkNotice session={session} />}
        <TrainStage session={session} />
        <ExhibitCard session={session} />
        <GuardCard session={session} />
        <Outcome session={session} />
        <RunStages session={session} />
        <ShownRun session={session} />
        <RunCurves session={session} />
      </div>
    </div>
  );
}

const NO_CURVES =
  'Weights only: no curves. Train on from a stage above, ask it in Probe, or test it in Evaluation.';

/** The stage: of the released model as long as no run is on view. */
export function TrainStage(props: ViewProps) {
  const { session } = props;
  const none = useComputed(() => session.shown.value.runId === null && session.shown.value.phase === 'idle');
  return none.value ? (
    <Opening {...props} actions={<SettingsButton />} />
  ) : (
    <RunStage {...props} actions={<SettingsButton />} />
  );
}

function RunCurves({ session }: ViewProps) {
  const { metrics, revision } = useMetrics(session);
  const weightsAlone = useComputed(() => holdsWeightsAlone(session.shown.value));
  const over = useComputed(() => isOver(session.shown.value));
  const references = useReferences(session);
  const hint = useComputed(() => hintOf(session.record.value?.preset ?? ''));
  return (
    <Curves
      {...{ metrics, revision, references }}
      marked={hint.value?.chart}
      over={over.value}
      {...(weightsAlone.value && { empty: NO_CURVES })}
    />
  );
}
