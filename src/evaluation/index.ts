// The evaluation room's door: scores, intervals, tables, head reports and the paper's claims.

export { clock } from '../base/format.ts';
export type { StageEvaluation } from '../terms/suites.ts';
export { attackerFigures } from './attackerFigures.ts';
export { scoreBy } from './breakdown.ts';
export { headReport } from './calibration.ts';
export {
  ABOVE,
  BELOW,
  checkClaims,
  claimTexts,
  type Expectation,
  KEPT,
  PAPER_CLAIMS,
  verdictOf,
} from './claims.ts';
export {
  changedSettings,
  changeTables,
  collapseText,
  headsTable,
  headsText,
  reportMarkdown,
  type StageTime,
} from './report.ts';
export { type ScoredItem, scoreSuite, scoreSuites } from './score.ts';
export { comparisonTable, evaluationTable, evaluationTables, formatScoreCell } from './table.ts';
