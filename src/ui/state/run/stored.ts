// A stored run as the state that the page shows, built from the same events as a live one.

import { ERROR_CODES } from '../../../base/errors.ts';
import { decodeEvaluation, decodeHeadReports } from '../../../protocol/decode.ts';
import type { HeadsEvent, MetricsEvent } from '../../../protocol/messages.ts';
import type { RunFailure } from '../../../storage/types.ts';
import { emptyRun, type RunState, reduceEvents } from './runState.ts';

/** What the store knows of a run, in the shapes that `RunStore` gives. */
export type StoredRun = {
  id: string;
  status: RunState['phase'];
  message: string;
  metrics: MetricsEvent['rows'];
  evaluations: readonly { stage: string; step: number; report: unknown }[];
  heads: { step: number; report: unknown } | null;
  failure?: RunFailure | undefined;
};

export function stateOfStoredRun(stored: StoredRun): RunState {
  const runId = stored.id;
  const evaluations = stored.evaluations.map((each) => decodeEvaluation(runId, each));
  const reports = stored.heads ? decodeHeadReports(stored.heads.report) : [];
  const heads: HeadsEvent[] =
    stored.heads && reports.length > 0 ? [{ kind: 'heads', runId, step: stored.heads.step, reports }] : [];
  const shown = reduceEvents(emptyRun(runId, stored.status), [
    { kind: 'metrics', runId, rows: stored.metrics },
    ...evaluations,
    ...heads,
  ]);
  const { failure, message } = stored;
  const code = ERROR_CODES.find((known) => known === failure?.code) ?? 'internal';
  const error = failure ? { code, message, hint: '', details: failure.details, stack: '' } : null;
  return { ...shown, message, error };
}
