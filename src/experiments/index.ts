// The door of the room: plans and their runs, results, verdicts and reports, and the project's own claims.

export type { BaseRun } from './cells.ts';
export { CLAIMS } from './claims.ts';
export { gridSeconds, runBytes, runSeconds } from './estimate.ts';
export { expand } from './expand.ts';
export {
  CELLS,
  cellNames,
  GRID_NAMES,
  GRIDS,
  GROUPS,
  type GridName,
  type GridPart,
  PROJECT_PLAN,
  planRuns,
} from './grid.ts';
export {
  CORRECTED_SETTINGS,
  otherSetting,
  type PlannedRun,
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
