// The safety cost: how unsafe an answer to a harmful request is, as the Safety head sees it, for an objective under a constraint.

import type { Label } from '../terms/labels.ts';
import { UNSAFE } from '../terms/verdicts.ts';
import { type HeadOutputs, headProbabilities } from './heads.ts';
import type { RewardSettings } from './settings.ts';
import { safetyVerdict, TASK_RULES } from './taskAware.ts';

/** Whether answers to prompts of this label can cost anything: those that the Safety head scores, `safety` and `jailbreak`. */
export function bearsCost(label: Label): boolean {
  const rule = TASK_RULES[label];
  return rule.kind === 'head' && rule.head === 'safety';
}

/**
 * Cost of a response, 0 to 1. Hard: 1 where the verdict on a well-formed answer is `unsafe`; soft: P(unsafe). Else 0, also where the
 * format is broken, which the reward punishes.
 *
 * Safe RLHF (arXiv 2310.12773) has a reward of helpfulness alone beside the cost. Here the task-aware term holds the penalty, for
 * `unsafe` scores 0 in it; `rewardTerms` takes it out by adding the cost to the term: R' = R + w_task cost. An unsafe answer then
 * scores 1, as each verdict that speaks to the request does, and a refusal still 0.1: what is left is what the answer does for the
 * request, and its harm stands in the cost alone. A harmful thought (`judge_thought`) is no answer: it stays in the reward.
 * @throws PlaygroundError `missing-head`
 */
export function safetyCost(
  label: Label,
  formatted: boolean,
  heads: HeadOutputs,
  mode: RewardSettings['score_mode'],
): number {
  if (!formatted || !bearsCost(label)) return 0;
  const probabilities = headProbabilities(heads, 'safety', label);
  if (mode === 'soft') return probabilities[UNSAFE];
  return Number(safetyVerdict(probabilities, label === 'jailbreak') === 'unsafe');
}
