// The metrics of the run on view, drawn anew when they grow.

import { useComputed } from '@preact/signals';
import type { Session } from '../session/session.ts';

export function useMetrics(session: Session) {
  const metrics = useComputed(() => session.shown.value.metrics).value;
  const revision = useComputed(() => session.shown.value.metricsRevision).value;
  return { metrics, revision };
}
