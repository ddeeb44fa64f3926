// The figures of a run as it goes: the tests after it where it is over, and until then those of the pinned prompts.

import type { SuiteScore } from '../../../terms/suites.ts';
import { isActive, type RunState } from './runState.ts';

export type StageScores = {
  /** Null where nothing came before. */
  before: readonly SuiteScore[] | null;
  now: readonly SuiteScore[];
  /** `tests`: sampled answers to whole suites; `pinned`: the same of their first prompts alone. */
  from: 'tests' | 'pinned';
};

/** Null before anything was measured. */
export function stageScores({
  phase,
  evaluations,
  pinned,
}: Pick<RunState, 'phase' | 'evaluations' | 'pinned'>): StageScores | null {
  const [first, ...others] = evaluations;
  const last = others.at(-1);
  const over = !isActive(phase) && phase !== 'watched';
  if (first && last && (over || !pinned)) return { before: first.scores, now: last.scores, from: 'tests' };
  if (pinned && pinned.latest.scores.length > 0)
    return { before: pinned.first.scores, now: pinned.latest.scores, from: 'pinned' };
  return first ? { before: null, now: first.scores, from: 'tests' } : null;
}
