// What a chart, its lines and its group are.

/**
 * A line that a curve is compared with: `chance` (guessing), `start` (the policy before RL), `best` (the oracle's own answers).
 */
export type ReferenceKind = 'chance' | 'start' | 'best';

export type ChartLine = {
  metric: string;
  label: string;
  /** One sentence in plain words: what the number is. */
  about: string;
  references?: readonly ReferenceKind[];
};
export type ChartSpec = {
  id: string;
  title: string;
  /** One sentence: what to look for. */
  hint: string;
  lines: readonly ChartLine[];
  /** Shares are drawn on 0..1. */
  range?: readonly [number, number];
  /** The gap between the first two lines is shaded. */
  gap?: boolean;
};
export type ChartGroup = {
  id: string;
  title: string;
  about: string;
  /** Unfolded until the user folds it. */
  open: boolean;
  charts: readonly ChartSpec[];
};
