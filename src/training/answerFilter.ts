// The filter in front of a policy: an answer that the Safety head finds unsafe gives way to a plain refusal, before the oracle judges it.

import type { EngineModel } from '../engine/types.ts';
import type { ScoredItem } from '../evaluation/index.ts';
import { splitResponse } from '../rewards/index.ts';
import { UNSAFE } from '../terms/verdicts.ts';
import { PLAIN_REFUSAL } from '../world/index.ts';
import { scoreParts } from './rewardModel.ts';
import type { SequenceEncoder } from './sequences.ts';

/**
 * The items as they come through, each with whether it was replaced: where 1 - P(unsafe) is `threshold` or less. A filter knows no
 * labels: it reads every answer, also to prompts of kinds that the head was not trained on.
 */
export async function behindFilter(
  items: readonly ScoredItem[],
  heads: EngineModel,
  encoder: SequenceEncoder,
  threshold: number,
): Promise<ScoredItem[]> {
  const asked = items.map(({ prompt, response }) => ({
    prompt,
    part: splitResponse(response).answer,
    heads: ['safety'] as const,
  }));
  const judged = await scoreParts(heads, encoder, asked);
  return items.map((item, i) => {
    const { safety } = judged[i];
    if (!safety) throw new Error('the Safety head was asked about every answer');
    const replaced = safety[UNSAFE] >= 1 - threshold;
    return { ...item, response: replaced ? PLAIN_REFUSAL : item.response, replaced };
  });
}
