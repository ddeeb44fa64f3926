// The evidence room's door: grids and their plan, estimates, results and the report on the claims.

export { CLAIMS, type Claim } from './claims.ts';
export { gridSeconds, runSeconds } from './estimate.ts';
export { CELLS, FOUNDATIONS, GRID_NAMES, GRIDS, type GridName } from './grid.ts';
export {
  cellNames,
  type GridPart,
  otherSetting,
  type PlannedRun,
  planRuns,
  readyRuns,
  runId,
  type Shard,
  settingsOfChanges,
} from './plan.ts';
export { type Report, type ReportInput, report } from './report.ts';
export { missingRun, type RunResult, type RunStatus, trainingFigures } from './results.ts';
