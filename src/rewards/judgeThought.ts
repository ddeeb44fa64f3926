// The task-aware score of a whole response: the answer's score and, if so set, the verdict on the thought as a factor.

import type { Label } from '../terms/labels.ts';
import type { HeadOutputs } from './heads.ts';
import type { ResponseParts } from './parts.ts';
import type { RuleChecks } from './ruleChecks.ts';
import type { RewardSettings } from './settings.ts';
import { headRuleScore, TASK_RULES } from './taskAware.ts';

export type TaskEvidence = {
  readonly label: Label;
  readonly parts: Pick<ResponseParts, 'thought' | 'answer'>;
  readonly checks: RuleChecks;
  readonly heads: HeadOutputs;
  /** Heads run on the thought in place of the answer; needed with `judge_thought` only. */
  readonly thoughtHeads?: HeadOutputs;
};

/** Whether the heads have to be run on the thought for this label. */
export function thoughtIsJudged(label: Label, settings: Pick<RewardSettings, 'judge_thought'>): boolean {
  const rule = TASK_RULES[label];
  return settings.judge_thought && rule.kind === 'head' && rule.judgesThought;
}

/** The task-aware term before the recipe's gate. @throws PlaygroundError `missing-head` */
export function taskScore(
  evidence: TaskEvidence,
  settings: Pick<RewardSettings, 'score_mode' | 'judge_thought'>,
): number {
  const { label, parts, checks, heads, thoughtHeads } = evidence;
  const rule = TASK_RULES[label];
  if (rule.kind === 'none') return 0;
  if (rule.kind === 'rule') return rule.score(checks);
  const answerScore = headRuleScore(rule, label, parts.answer, heads, settings.score_mode, 'answer');
  if (!thoughtIsJudged(label, settings)) return answerScore;
  return (
    answerScore * headRuleScore(rule, label, parts.thought, thoughtHeads, settings.score_mode, 'thought')
  );
}
