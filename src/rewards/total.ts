// The reward of one response: the four terms and their total, which is both shown and trained on.

import { type TermValues, termWeights } from '../terms/rewardTerms.ts';
import type { Prompt } from '../world/types.ts';
import type { HeadOutputs } from './heads.ts';
import { helpfulScore } from './helpful.ts';
import { taskScore, thoughtIsJudged } from './judgeThought.ts';
import { splitResponse } from './parts.ts';
import { gateTerms, termApplies, weightedTotal } from './recipe.ts';
import { type RuleChecks, ruleChecks } from './ruleChecks.ts';
import { safetyCost } from './safetyCost.ts';
import type { RewardSettings } from './settings.ts';
import { TASK_RULES } from './taskAware.ts';
import { type VisualEvidence, visualFocusScore } from './visualFocus.ts';

/** Terms after the recipe's gate, so that the weighted sum of what is shown is the total. */
export type RewardTerms = TermValues & {
  readonly total: number;
  /** What safety costs beside the total; 0 where it is no cost by the settings. */
  readonly cost: number;
};

export type RewardInput = {
  readonly settings: RewardSettings;
  readonly prompt: Pick<Prompt, 'label' | 'scene'>;
  /** As sampled: `<think>` first, `<eos>` only if the policy emitted it. */
  readonly response: readonly number[];
  readonly checks: RuleChecks;
  readonly visual: VisualEvidence;
  /** Heads on the answer. */
  readonly heads: HeadOutputs;
  /** Heads on the thought, with `judge_thought` only. */
  readonly thoughtHeads?: HeadOutputs;
};

/** Whether the evidence for a term of weight 0 happens to be there; if so it is shown, if not it is 0 and nothing fails. */
function hasEvidence(term: 'visual_focus' | 'helpful' | 'task', input: RewardInput): boolean {
  const { settings, prompt, visual, heads, thoughtHeads } = input;
  if (term === 'visual_focus') return settings.visual_focus === 'grounded' || visual.measure !== undefined;
  if (term === 'helpful') return heads.helpful !== undefined;
  const rule = TASK_RULES[prompt.label];
  if (rule.kind !== 'head') return true;
  const needsThought = thoughtIsJudged(prompt.label, settings);
  return heads[rule.head] !== undefined && (!needsThought || thoughtHeads?.[rule.head] !== undefined);
}

/**
 * The reward of one response. A term of weight 0 is computed where its evidence is there (to be looked at), else 0.
 * @throws PlaygroundError `missing-head` if a head that the label needs gave no output: never a silent 1.0.
 */
export function rewardTerms(input: RewardInput): RewardTerms {
  const { settings, prompt, response, visual, heads, thoughtHeads } = input;
  const { label } = prompt;
  const parts = splitResponse(response);
  const weights = termWeights(settings);
  const counts = (term: 'visual_focus' | 'helpful' | 'task') =>
    termApplies(term, label, prompt.scene !== null, settings) &&
    (weights[term] !== 0 || hasEvidence(term, input));
  const taskEvidence = { label, parts, checks: ruleChecks(input.checks), heads, thoughtHeads };
  const gated = gateTerms(settings.recipe, {
    // SafeWork-R1's format reward (arXiv 2507.18576).
    format: Number(parts.formatted),
    visual_focus: counts('visual_focus') ? visualFocusScore(settings.visual_focus, parts.thought, visual) : 0,
    helpful: counts('helpful') ? helpfulScore(label, parts.answer, heads) : 0,
    task: counts('task') ? taskScore(taskEvidence, settings) : 0,
  });
  const cost = settings.safety_cost ? safetyCost(label, parts.formatted, heads, settings.score_mode) : 0;
  const terms = { ...gated, task: gated.task + cost };
  return { ...terms, total: weightedTotal(terms, settings), cost };
}

/**
 * The score by which groups without a signal are left out: the task-aware term, not the total, for format noise would keep
 * dead groups alive. On `normal` prompts the Helpful head is the task, so its term stands in. A term of weight 0 trains
 * nothing, so the total stands in for it (else no group would be left). The cost is taken off, so that groups are left out alike with
 * safety as a cost and without.
 */
export function filterScore(label: Prompt['label'], terms: RewardTerms, settings: RewardSettings): number {
  const term = label === 'normal' ? 'helpful' : 'task';
  return (termWeights(settings)[term] === 0 ? terms.total : terms[term]) - terms.cost;
}
