// The part of a judgement that training may read: rule checks on the truth of the prompt, never what is safe, good or helpful.

import type { Judgement } from '../world/types.ts';

export type RuleChecks = Pick<Judgement, 'correct' | 'constraintsHeld' | 'constraintsTotal'>;

/** Drops every verdict of the oracle, so that no reward term can come to depend on one. */
export function ruleChecks(judgement: RuleChecks): RuleChecks {
  const { correct, constraintsHeld, constraintsTotal } = judgement;
  return { correct, constraintsHeld, constraintsTotal };
}

/** Exact check against the ground truth: 1 if fully right, else 0. */
export function exactAnswerScore(checks: RuleChecks): number {
  return gradedAnswerScore(checks) === 1 ? 1 : 0;
}

/** 0, 0.5 (some sub-questions right) or 1. @throws RangeError on a prompt without a rule check. */
export function gradedAnswerScore(checks: RuleChecks): number {
  if (checks.correct === null) throw new RangeError('This prompt has no rule-checked answer.');
  return checks.correct;
}

/** Fraction of the stated constraints that hold. @throws RangeError on a prompt without constraints. */
export function constraintFraction(checks: RuleChecks): number {
  if (checks.constraintsTotal === 0) throw new RangeError('This prompt states no constraints.');
  return checks.constraintsHeld / checks.constraintsTotal;
}
