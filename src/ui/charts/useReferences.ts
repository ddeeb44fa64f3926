// What the curves of the run on view are compared with: asked of the inspector once per configuration, when there is a curve to draw.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readSettings, type Settings } from '../../config/index.ts';
import type { CurveReferences } from '../../protocol/inspector.ts';
import type { HeadReport } from '../../terms/heads.ts';
import type { Session } from '../session/session.ts';
import type { ReferenceSources } from '../state/charts/references.ts';

const NO_REPORTS: readonly HeadReport[] = [];
const asked = new Map<string, Promise<CurveReferences>>();

function referencesFor(session: Session, settings: Settings): Promise<CurveReferences> {
  const key = JSON.stringify(settings);
  const known = asked.get(key);
  if (known) return known;
  const asking = session.inspector.references(settings);
  asked.set(key, asking);
  asking.catch(() => asked.delete(key));
  return asking;
}

export function useReferences(session: Session): Omit<ReferenceSources, 'table'> {
  const world = useSignal<CurveReferences | null>(null);
  const reports = useComputed(() => session.shown.value.heads?.reports ?? NO_REPORTS);
  /** The run on view, once it has metrics and its record is known; a record's settings never change. */
  const runId = useComputed(() => {
    const { runId: shown, metricsRevision } = session.shown.value;
    return metricsRevision > 0 && session.runs.value.some((run) => run.id === shown) ? shown : null;
  }).value;
  useEffect(() => {
    world.value = null;
    const record = session.runs.peek().find((run) => run.id === runId);
    if (!record) return;
    const { settings } = readSettings(record);
    let wanted = true;
    // Without an answer, the curves are drawn without these lines: no reason to disturb anyone.
    referencesFor(session, settings).then(
      (found) => {
        if (wanted) world.value = found;
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [runId, session]);
  return { world: world.value, reports: reports.value };
}
