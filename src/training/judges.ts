// Who judges a part of a response: the trained heads, or the keyword rule in the place of the Safety head.

import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import { type HeadOutputs, keywordSafety } from '../rewards/index.ts';
import { wordOf } from '../world/vocabulary.ts';
import { type JudgedItem, scoreParts } from './rewardModel.ts';
import type { SequenceEncoder } from './sequences.ts';

/** Verdicts of every judge that each item asks for; a head that cannot be run because there is no model is absent. */
export async function judgeParts(
  model: EngineModel | null,
  encoder: SequenceEncoder,
  items: readonly JudgedItem[],
  settings: Pick<Settings, 'safety_judge'>,
): Promise<HeadOutputs[]> {
  const byRule = settings.safety_judge === 'keywords';
  const forHeads = byRule
    ? items.map((item) => ({ ...item, heads: item.heads.filter((head) => head !== 'safety') }))
    : items;
  const outputs = model ? await scoreParts(model, encoder, forHeads) : items.map(() => ({}));
  if (!byRule) return outputs;
  return outputs.map((output, i) => {
    const { prompt, part, heads } = items[i];
    if (!heads.includes('safety')) return output;
    const words = (tokens: readonly number[]) => tokens.map((token) => wordOf(token));
    return {
      ...output,
      safety: keywordSafety(words(prompt.tokens), words(part), prompt.label === 'jailbreak'),
    };
  });
}
