// What a stored run of a queue gave, as comparisons and reports read it.

import {
  missingRun,
  type PlannedRun,
  type RunResult,
  type TrainingFigures,
} from '../../../experiments/plans.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import type { RunRecord } from '../../../storage/types.ts';
import type { QueueRow } from './queueRows.ts';

/** What is read of a run that has ended. */
export type StoredParts = {
  record: Pick<RunRecord, 'engine' | 'code'>;
  /** In order of step. */
  evaluations: readonly EvaluationEvent[];
  figures: TrainingFigures;
  /** Names of its metrics. */
  metrics: readonly string[];
  digest: string;
};

/** Without a result it is missing, or failed with its reason. */
export function resultOfRow(
  { run, state, message }: Pick<QueueRow, 'run' | 'state' | 'message'>,
  parts: StoredParts | undefined,
): RunResult {
  const nothing = missingRun(run);
  if (state === 'failed') return { ...nothing, status: 'failed', message };
  if (state === 'cancelled') return { ...nothing, message: 'cancelled' };
  if ((state !== 'done' && state !== 'collapsed') || !parts) return nothing;
  const { record, evaluations, figures, digest } = parts;
  return {
    ...nothing,
    ...{ status: state, message, digest },
    stages: evaluations.map(({ stage, step, scores, greedy }) => ({
      ...{ stage, step, scores },
      ...(greedy && { greedy }),
    })),
    figures,
    engine: record.engine,
    code: record.code,
  };
}

/** Of all runs, in the order of the plan. */
export function resultsOf(
  runs: readonly PlannedRun[],
  rows: readonly QueueRow[],
  parts: ReadonlyMap<string, StoredParts>,
): RunResult[] {
  const byId = new Map(rows.map((row) => [row.run.id, row]));
  return runs.map((run) => {
    const row = byId.get(run.id);
    return row ? resultOfRow(row, parts.get(row.runId)) : missingRun(run);
  });
}
