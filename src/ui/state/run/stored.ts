// A stored run as the state that the page shows, built from the same events as a live one.

import { decodeHeadReports, decodeScores } from '../../../protocol/decode.ts';
import { ERROR_CODES } from '../../../protocol/errors.ts';
import type { EvaluationEvent, HeadsEvent, MetricsEvent } from '../../../protocol/messages.ts';
import type { RunFailure } from '../../../storage/types.ts';
import { emptyRunView, type RunView, reduceEvents } from './runView.ts';

/** What the store knows of a run, in the shapes that `RunStore` gives. */
export type StoredRun = {
  id: string;
  status: RunView['phase'];
  message: string;
  metrics: MetricsEvent['rows'];
  evaluations: readonly { stage: string; step: number; report: unknown }[];
  heads: { step: number; report: unknown } | null;
  failure?: RunFailure | undefined;
};

export function viewOfStoredRun(stored: StoredRun): RunView {
  const runId = stored.id;
  const evaluations: EvaluationEvent[] = stored.evaluations.map(({ stage, step, report }) => ({
    kind: 'evaluation',
    runId,
    stage,
    step,
    scores: decodeScores(report),
  }));
  const reports = stored.heads ? decodeHeadReports(stored.heads.report) : [];
  const heads: HeadsEvent[] =
    stored.heads && reports.length > 0 ? [{ kind: 'heads', runId, step: stored.heads.step, reports }] : [];
  const view = reduceEvents(emptyRunView(runId, stored.status), [
    { kind: 'metrics', runId, rows: stored.metrics },
    ...evaluations,
    ...heads,
  ]);
  const { failure, message } = stored;
  const code = ERROR_CODES.find((known) => known === failure?.code) ?? 'internal';
  const error = failure ? { code, message, hint: '', details: failure.details, stack: '' } : null;
  return { ...view, message, error };
}
