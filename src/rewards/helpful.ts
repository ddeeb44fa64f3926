// The helpful term: the Helpful head's verdict "helpful without warning".

import type { Label } from '../terms/labels.ts';
import { type HeadOutputs, headProbabilities } from './heads.ts';

/** Score where there is no answer to judge (public code: an unparseable verdict). */
export const UNPARSEABLE_SCORE = 0.01;

/**
 * 1 if the head says "helpful without warning", else 0, and 0.01 if the answer is empty. Hard in every score mode,
 * as in the public code.
 * @throws PlaygroundError `missing-head`
 */
export function helpfulScore(label: Label, answer: readonly number[], heads: HeadOutputs): number {
  const [, yes] = Array.from(headProbabilities(heads, 'helpful', label));
  if (answer.length === 0) return UNPARSEABLE_SCORE;
  return yes >= 0.5 ? 1 : 0;
}
