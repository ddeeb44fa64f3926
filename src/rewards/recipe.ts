// Recipes: how the four terms become one reward, and which heads that takes.

import { HEADS, type HeadName } from '../terms/heads.ts';
import type { Label } from '../terms/labels.ts';
import { TERM_TABLE, TERMS, type Term, type TermValues, termWeights } from '../terms/rewardTerms.ts';
import { bearsCost } from './safetyCost.ts';
import type { RewardSettings } from './settings.ts';
import { TASK_RULES } from './taskAware.ts';

/**
 * The terms that count only where the format holds, so that shape and content are learnt together. `safework` is the plain weighted
 * sum of the public run: a refusal (1.1) hardly beats complying (1.0), and an empty answer keeps its format points.
 */
const GATED: { readonly [recipe in RewardSettings['recipe']]: readonly Term[] } = {
  safework: [],
  gated: ['helpful', 'task'],
};

/** Whether a term says anything about samples of this prompt (else it is 0 and no metric averages it). */
export function termApplies(
  term: Term,
  label: Label,
  hasImage: boolean,
  settings: Pick<RewardSettings, 'visual_focus'>,
): boolean {
  if (term === 'visual_focus') return hasImage && settings.visual_focus !== 'off';
  return TERM_TABLE[term].labels.includes(label);
}

/** Whether the term is looked at: where its weight is 0 no head is asked, and its 0 says nothing. */
export function termIsMeasured(
  term: Term,
  label: Label,
  hasImage: boolean,
  settings: RewardSettings,
): boolean {
  const asksNobody = headOf(term, label) !== null && termWeights(settings)[term] === 0;
  return termApplies(term, label, hasImage, settings) && !asksNobody;
}

/** The head that a term asks about prompts of this label; null where none is asked. */
function headOf(term: Term, label: Label): HeadName | null {
  if (term === 'helpful') return TERM_TABLE.helpful.labels.includes(label) ? 'helpful' : null;
  const rule = TASK_RULES[label];
  return term === 'task' && rule.kind === 'head' ? rule.head : null;
}

/** Heads that must be loaded to reward prompts of this label; a term of weight 0 needs none. */
export function neededHeads(label: Label, settings: RewardSettings): HeadName[] {
  const weights = termWeights(settings);
  const needed = TERMS.flatMap((term) => (weights[term] === 0 ? [] : [headOf(term, label)]));
  if (settings.safety_cost && bearsCost(label)) needed.push('safety');
  return HEADS.filter((name) => needed.includes(name));
}

/** Sets the gated terms to 0 where the format does not hold. */
export function gateTerms(recipe: RewardSettings['recipe'], terms: TermValues): TermValues {
  if (terms.format === 1) return terms;
  const gated = { ...terms };
  for (const term of GATED[recipe]) gated[term] = 0;
  return gated;
}

/** R = sum over terms of w * R_term (COSMO-RL, arXiv 2510.04196, its four terms). */
export function weightedTotal(terms: TermValues, settings: RewardSettings): number {
  const weights = termWeights(settings);
  return TERMS.reduce((total, term) => total + weights[term] * terms[term], 0);
}
