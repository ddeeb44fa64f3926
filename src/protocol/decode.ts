// Reports as they are stored (JSON of unknown age) back to typed ones; what does not fit is left out.

import * as v from 'valibot';
import type { HeadReport } from '../terms/heads.ts';
import { headReportSchema, scoreSchema } from '../terms/reports.ts';
import type { DecodedScores } from '../terms/suites.ts';
import type { EvaluationEvent } from './messages.ts';

type Fields = { readonly [key: string]: unknown };

/** Reads a list of scores, or an object that holds one under `scores` and perhaps one under `greedy`. */
export function decodeScores(report: unknown): DecodedScores {
  const scoresUnder = (key: keyof DecodedScores) =>
    listUnder(report, key).filter((each) => v.is(scoreSchema, each));
  const hasGreedy = isFields(report) && Array.isArray(report.greedy);
  return { scores: scoresUnder('scores'), ...(hasGreedy && { greedy: scoresUnder('greedy') }) };
}

/** A stored evaluation as the event that it was. */
export function decodeEvaluation(
  runId: string,
  { stage, step, report }: { stage: string; step: number; report: unknown },
): EvaluationEvent {
  return { kind: 'evaluation', runId, stage, step, ...decodeScores(report) };
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
