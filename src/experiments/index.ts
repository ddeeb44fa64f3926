// The evidence room's door: grids and their plan, estimates, results and the report on the claims.

export type { BaseRun } from './cells.ts';
export { CLAIMS, GROUPS } from './claims.ts';
export { gridSeconds, runBytes, runSeconds } from './estimate.ts';
export { expand } from './expand.ts';
export { CELLS, FOUNDATION_SETTINGS, GRID_NAMES, GRIDS, type GridName } from './grid.ts';
export {
  CORRECTED_SETTINGS,
  cellNames,
  type GridPart,
  otherSetting,
  type PlannedRun,
  planRuns,
  readyRuns,
  settingsOfChanges,
} from './plan.ts';
export { factorOf, planWords } from './planCommand.ts';
export {
  otherPlan,
  type Plan,
  type PlanBase,
  planOfInput,
  planText,
  readPlan,
} from './planFile.ts';
export { report } from './report.ts';
export { codeLines } from './reportText.ts';
export { missingRun, type RunResult, trainingFigures } from './results.ts';
export { type Shard, shardRuns } from './shards.ts';
export { sweepReport } from './sweepReport.ts';
