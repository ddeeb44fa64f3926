// The evaluation room's door: scores, intervals, tables, head reports and the paper's claims.

export { clock } from '../base/clock.ts';
export { scoreBy } from './breakdown.ts';
export { calibration, headReport } from './calibration.ts';
export { type ClaimCheck, checkClaims } from './claims.ts';
export { compareStages, type ScoreDifference } from './compare.ts';
export { bootstrapMean, differenceInterval, type Interval, wilsonInterval } from './intervals.ts';
export { headsText, type ReportInput, reportMarkdown, type StageTime } from './report.ts';
export { ALL_SUITES, findScore, type ScoredItem, scoreSuite, scoreSuites } from './score.ts';
export { scoreSchema } from './scoreSchema.ts';
export { type SeedScore, scoresOverSeeds } from './seeds.ts';
export { SUITE_TABLE, type SuiteEntry, type SuiteMetric } from './suites.ts';
export { comparisonTable, evaluationTable, formatScoreCell, type TableFormat } from './table.ts';
export type { HeadReport, StageEvaluation, SuiteScore } from './types.ts';
