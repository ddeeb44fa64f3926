// The evaluation room's door: scores, intervals, tables, head reports and the paper's claims.

export { clock } from '../base/format.ts';
export { scoreBy } from './breakdown.ts';
export { calibration, headReport } from './calibration.ts';
export { checkClaims, type Expectation, KEPT, PAPER_CLAIMS, verdictOf } from './claims.ts';
export { compareStages, type ScoreDifference } from './compare.ts';
export { headsText, type ReportInput, reportMarkdown, type StageTime } from './report.ts';
export { type ScoredItem, scoreSuite, scoreSuites } from './score.ts';
export { scoreSchema } from './scoreSchema.ts';
export { comparisonTable, evaluationTable, formatScoreCell, type TableFormat } from './table.ts';
export type { StageEvaluation } from './types.ts';
