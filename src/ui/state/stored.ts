// Stored records (JSON of unknown age) back to the events that the page shows; what does not fit is left out.

import type {
  EvaluationEvent,
  HeadReport,
  HeadsEvent,
  MetricsEvent,
  SuiteScore,
} from '../../protocol/messages.ts';
import { emptyRunView, type RunView, reduceEvents } from './runView.ts';

type Fields = { readonly [key: string]: unknown };

/** What the store knows of a run, in the shapes that `RunStore` gives. */
export type StoredRun = {
  id: string;
  status: RunView['phase'];
  message: string;
  metrics: MetricsEvent['rows'];
  evaluations: readonly { stage: string; step: number; report: unknown }[];
  heads: { step: number; report: unknown } | null;
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
  return { ...view, message: stored.message };
}

/** Reads a list of scores, or an object that holds one under `scores`. */
export function decodeScores(report: unknown): SuiteScore[] {
  return listUnder(report, 'scores').filter(isScore);
}

/** Reads a list of head reports, or an object that holds one under `reports`. */
export function decodeHeadReports(report: unknown): HeadReport[] {
  return listUnder(report, 'reports').filter(isHeadReport);
}

function listUnder(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value;
  const inner = isFields(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasNumbers(value: Fields, keys: readonly string[]): boolean {
  return keys.every((key) => typeof value[key] === 'number');
}

function isScore(value: unknown): value is SuiteScore {
  return (
    isFields(value) &&
    typeof value.suite === 'string' &&
    typeof value.metric === 'string' &&
    hasNumbers(value, ['value', 'low', 'high', 'n']) &&
    (value.better === 'higher' || value.better === 'lower')
  );
}

function isHeadReport(value: unknown): value is HeadReport {
  return (
    isFields(value) &&
    typeof value.head === 'string' &&
    Array.isArray(value.classes) &&
    Array.isArray(value.confusion) &&
    Array.isArray(value.bins) &&
    hasNumbers(value, ['accuracy', 'low', 'high', 'n', 'ece'])
  );
}
