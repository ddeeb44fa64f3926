// The view Train: controls left; stages, curves and the latest group right. Each part reads its own slice of the run.

import { type Signal, useComputed } from '@preact/signals';
import { useReferences } from '../../charts/useReferences.ts';
import { Headline } from '../../opening/Headline.tsx';
import { Opening } from '../../opening/Opening.tsx';
import { lazily } from '../../parts/lazily.tsx';
import type { Session } from '../../session/session.ts';
import type { Draft } from '../../state/form/draft.ts';
import { holdsWeightsAlone, isActive, isOver } from '../../state/run/runState.ts';
import type { ViewProps } from '../types.ts';
import { Controls } from './Controls.tsx';
import { ForkNotice } from './ForkNotice.tsx';
import { GuardCard } from './GuardCard.tsx';
import { Outcome } from './Outcome.tsx';
import { RunOnView } from './RunOnView.tsx';
import { RunStages } from './RunStages.tsx';
import './train.css';

/** The charts are most of the code of the view. */
const Curves = lazily(async () => (await import('../../charts/Curves.tsx')).Curves);

export function TrainView({ session, draft }: ViewProps) {
  return (
    <div class="layout">
      <SideColumn session={session} draft={draft} />
      <div class="live">
        <First session={session} draft={draft} />
        <RunOnView session={session} draft={draft} />
        <RunStages session={session} draft={draft} />
        <Outcome session={session} />
        <GuardCard session={session} draft={draft} />
        <RunHeadline session={session} />
        <RunCurves session={session} />
      </div>
    </div>
  );
}

const NO_CURVES =
  'This run is weights alone: no curves came with them. Run on from the stage above, ask it in Probe, or test it in Evaluation.';

type PartProps = { session: Session; draft: Signal<Draft> };

function SideColumn({ session, draft }: PartProps) {
  const training = useComputed(() => isActive(session.shown.value.phase));
  return (
    <div class="column" id="settings">
      <ForkNotice session={session} />
      <Controls session={session} draft={draft} training={training.value} />
    </div>
  );
}

/** The opening, as long as no run is on view. */
function First(props: ViewProps) {
  const { session } = props;
  const none = useComputed(() => session.shown.value.runId === null && session.shown.value.phase === 'idle');
  return none.value ? <Opening {...props} /> : null;
}

function RunHeadline({ session }: Pick<PartProps, 'session'>) {
  const metrics = useComputed(() => session.shown.value.metrics);
  const revision = useComputed(() => session.shown.value.metricsRevision);
  return <Headline metrics={metrics.value} revision={revision.value} />;
}

function RunCurves({ session }: Pick<ViewProps, 'session'>) {
  const metrics = useComputed(() => session.shown.value.metrics);
  const revision = useComputed(() => session.shown.value.metricsRevision);
  const weightsAlone = useComputed(() => holdsWeightsAlone(session.shown.value));
  const over = useComputed(() => isOver(session.shown.value));
  const references = useReferences(session);
  return (
    <Curves
      metrics={metrics.value}
      revision={revision.value}
      references={references}
      over={over.value}
      {...(weightsAlone.value && { empty: NO_CURVES })}
    />
  );
}
