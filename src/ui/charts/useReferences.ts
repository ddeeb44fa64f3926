// What the curves of the run on view are compared with: asked of the inspector once per configuration, when there is a curve to draw.

import { useComputed } from '@preact/signals';
import { readSettings, type Settings } from '../../config/index.ts';
import type { CurveReferences } from '../../protocol/inspector.ts';
import type { HeadReport } from '../../terms/heads.ts';
import { useRead } from '../parts/useRead.ts';
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
  const reports = useComputed(() => session.shown.value.heads?.reports ?? NO_REPORTS);
  /** The run on view, once it has metrics and its record is known; a record's settings never change. */
  const run = useComputed(() => {
    const { runId, metricsRevision } = session.shown.value;
    return metricsRevision > 0 ? session.runs.value.find(({ id }) => id === runId) : undefined;
  }).value;
  // Without an answer, the curves are drawn without these lines: no reason to disturb anyone.
  const ask = () => referencesFor(session, readSettings(run!).settings).catch(() => null);
  const world = useRead(session, run?.id ?? null, [session], ask);
  return { world, reports: reports.value };
}
