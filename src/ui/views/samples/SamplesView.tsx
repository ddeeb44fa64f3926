// The view Samples: the latest group of the run.

import { useComputed } from '@preact/signals';
import type { ViewProps } from '../types.ts';
import { Inspector } from './Inspector.tsx';
import './samples.css';

export function SamplesView({ session }: ViewProps) {
  const group = useComputed(() => session.view.value.group);
  const runId = useComputed(() => session.view.value.runId);
  return (
    <div class="stack">
      <Inspector key={runId.value} group={group.value} />
    </div>
  );
}
