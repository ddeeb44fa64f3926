// The door for what runs plans and shows what they found: plan files, their cells and runs, comparisons and the report.

import type { Comparison } from './compare.ts';
import type { SweepInput, SweepReport } from './sweepReport.ts';

export { meanEstimate } from '../statistics/estimates.ts';
export type { BaseRun, PlanCell } from './cells.ts';
export { type Comparison, comparisons } from './compare.ts';
export { relativeSeconds } from './estimate.ts';
export { type Expansion, expand } from './expand.ts';
export type { PlannedRun } from './plan.ts';
export {
  allSeeds,
  baseText,
  DEFAULT_METRICS,
  type Plan,
  type PlanBase,
  type PlanInput,
  planOfInput,
  planText,
  readPlan,
} from './planFile.ts';
export { levelText, signed, withInterval } from './reportText.ts';
export { type Merged, mergeResults } from './resultFiles.ts';
export {
  estimateOf,
  FIGURE_METRICS,
  greedyTwin,
  MEASURES,
  type MeasureName,
  measureOf,
  missingRun,
  type RunResult,
  type TrainingFigures,
  trainingFigures,
  withGreedy,
} from './results.ts';
export { shardRuns } from './shards.ts';
export { conclusionText, type SweepInput, sweepReport, verdictText } from './sweepReport.ts';

/** What a plan found, and all that it is written as. */
export type PlanReport = { found: readonly Comparison[]; files: SweepReport };

/** What the thread of reports answers. */
export type PlanReports = { report(input: SweepInput): Promise<PlanReport> };
