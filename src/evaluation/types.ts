// What the evaluation produces: scores, head reports, stage evaluations. Plain data, structurally the protocol's.

/** One score of one suite. `low`..`high` is the Wilson 95 % interval of `value`, all in 0..1. */
export type SuiteScore = {
  suite: string;
  /** e.g. `safe`, `attack_success`, `over_refusal`, `accuracy`. */
  metric: string;
  value: number;
  low: number;
  high: number;
  n: number;
  better: 'higher' | 'lower';
};

/** Report of one trained reward head on the held-out split. */
export type HeadReport = {
  head: string;
  classes: readonly string[];
  accuracy: number;
  low: number;
  high: number;
  n: number;
  /** confusion[true][predicted] counts. */
  confusion: readonly (readonly number[])[];
  /** Expected calibration error, and its bins. */
  ece: number;
  bins: readonly { confidence: number; accuracy: number; n: number }[];
};

/** All scores after one stage. */
export type StageEvaluation = {
  stage: string;
  step: number;
  scores: readonly SuiteScore[];
};
