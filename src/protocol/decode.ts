// Reports as they are stored (JSON of unknown age) back to typed ones; what does not fit is left out.

import * as v from 'valibot';
import type { HeadReport } from '../terms/heads.ts';
import { headReportSchema, scoreSchema } from '../terms/reports.ts';
import type { SuiteScore } from '../terms/suites.ts';
import type { EvaluationEvent } from './messages.ts';

type Fields = { readonly [key: string]: unknown };

/** Reads a list of scores, or an object that holds one under `scores`. */
export function decodeScores(report: unknown): SuiteScore[] {
  return listUnder(report, 'scores').filter((each) => v.is(scoreSchema, each));
}

/** A stored evaluation as the event that it was. */
export function decodeEvaluation(
  runId: string,
  { stage, step, report }: { stage: string; step: number; report: unknown },
): EvaluationEvent {
  return { kind: 'evaluation', runId, stage, step, scores: decodeScores(report) };
}

/** Reads a list of head reports, or an object that holds one under `reports`. */
export function decodeHeadReports(report: unknown): HeadReport[] {
  return listUnder(report, 'reports').filter((each) => v.is(headReportSchema, each));
}

function listUnder(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value;
  const inner = isFields(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
