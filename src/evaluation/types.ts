// The scores of a run, stage by stage.

import type { SuiteScore } from '../terms/suites.ts';

/** All scores after one stage. */
export type StageEvaluation = {
  stage: string;
  step: number;
  scores: readonly SuiteScore[];
};
