// The view Samples: one group whole, another reward recipe on stored samples, and the replay buffer.

import { useComputed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Soon } from '../../parts/Soon.tsx';
import type { ViewProps } from '../../session/session.ts';
import { BufferCard } from './BufferCard.tsx';
import { Inspector } from './Inspector.tsx';
import { NoRun, NoSamples } from './NoSamples.tsx';
import { RecipeCard } from './RecipeCard.tsx';
import { samplesModel } from './samplesModel.ts';
import './samples.css';

export function SamplesView(props: ViewProps) {
  const { session } = props;
  const runId = useComputed(() => session.shown.value.runId);
  const starting = session.training;
  return (
    <div class="stack">
      {runId.value === null ? (
        starting.value ? (
          <p class="empty">The run starts …</p>
        ) : (
          <NoRun session={session} />
        )
      ) : (
        <RunSamples key={runId.value} runId={runId.value} {...props} />
      )}
    </div>
  );
}

function RunSamples({ runId, session }: ViewProps & { runId: string }) {
  const model = samplesModel(session, runId);
  useEffect(() => model.watch(), [model]);
  const record = useComputed(() => session.runs.value.find((run) => run.id === runId));
  const { buffer, group } = model;
  const known = buffer.steps.value.length > 0 || group.live.value !== null;
  if (!known && buffer.state.value === 'read') return <NoSamples session={session} record={record.value} />;
  if (!known) return <p class="empty">Loading samples …</p>;
  return (
    <>
      <Inspector model={model} />
      <Soon>
        {() => (
          <>
            <RecipeCard model={model} session={session} />
            <Soon>{() => <BufferCard model={model} session={session} />}</Soon>
          </>
        )}
      </Soon>
    </>
  );
}
