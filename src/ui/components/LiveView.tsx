// The right column: each part reads its own slice of the run, so that a batch of events redraws only what it changes.

import { type Signal, useComputed } from '@preact/signals';
import type { Settings } from '../../config/index.ts';
import type { Session } from '../session.ts';
import type { Draft } from '../state/draft.ts';
import { plannedStages } from '../state/stages.ts';
import { Curves } from './Curves.tsx';
import { DeviceCard } from './DeviceCard.tsx';
import { EvaluationTable } from './EvaluationTable.tsx';
import { HeadsCard } from './HeadsCard.tsx';
import { Inspector } from './Inspector.tsx';
import { StageRail } from './StageRail.tsx';

type LiveProps = { session: Session };

export function LiveView({ session, draft }: LiveProps & { draft: Signal<Draft> }) {
  return (
    <div class="live" id="live">
      <Stages session={session} draft={draft} />
      <RunCurves session={session} />
      <Group session={session} />
      <Evaluations session={session} />
      <Heads session={session} />
      <Device session={session} />
    </div>
  );
}

function Stages({ session, draft }: LiveProps & { draft: Signal<Draft> }) {
  const progress = useComputed(() => session.view.value.progress);
  const phase = useComputed(() => session.view.value.phase);
  // A stored run shows the stages it went through, not those of the form.
  const stored = useComputed(() => session.runs.value.find((run) => run.id === session.view.value.runId));
  const plan = useComputed(
    () =>
      progress.value?.stages ??
      plannedStages(stored.value ? (stored.value.settings as Settings) : draft.value.settings),
  );
  return <StageRail plan={plan.value} progress={progress.value} phase={phase.value} />;
}

function RunCurves({ session }: LiveProps) {
  const metrics = useComputed(() => session.view.value.metrics);
  const revision = useComputed(() => session.view.value.metricsRevision);
  return <Curves metrics={metrics.value} revision={revision.value} />;
}

function Group({ session }: LiveProps) {
  const group = useComputed(() => session.view.value.group);
  const runId = useComputed(() => session.view.value.runId);
  return <Inspector key={runId.value} group={group.value} />;
}

function Evaluations({ session }: LiveProps) {
  const evaluations = useComputed(() => session.view.value.evaluations);
  return <EvaluationTable evaluations={evaluations.value} />;
}

function Heads({ session }: LiveProps) {
  const heads = useComputed(() => session.view.value.heads);
  return <HeadsCard heads={heads.value} />;
}

function Device({ session }: LiveProps) {
  const speed = useComputed(() => session.view.value.metrics.latest('tokens_per_second/rollout'));
  return <DeviceCard device={session.device.value} tokensPerSecond={speed.value} />;
}
