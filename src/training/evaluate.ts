// Evaluation of the policy on one held-out suite; the oracle judges.

import type { ScoredItem } from '../evaluation/index.ts';
import { hashName } from '../random/philox.ts';
import type { Suite } from '../terms/suites.ts';
import { EOS } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';

const BATCH = 64;

/**
 * Answers the suite's prompts with the policy. The random numbers depend on suite and prompt alone, so that stages are compared
 * on common ground.
 */
export async function answerSuite(
  context: Pick<TrainingContext, 'settings' | 'world'>,
  state: Pick<RunState, 'policy' | 'encoder'>,
  suite: Suite,
): Promise<ScoredItem[]> {
  const { settings, world } = context;
  const prompts = world.suite(suite, settings.eval_samples, settings.eval_split);
  const items: ScoredItem[] = [];
  for (let start = 0; start < prompts.length; start += BATCH) {
    const chunk = prompts.slice(start, start + BATCH);
    const { tokens } = await state.policy.generate({
      prompts: state.encoder.prompts(chunk),
      groupSize: 1,
      maxNewTokens: settings.max_response_tokens,
      temperature: settings.eval_temperature,
      topK: 0,
      topP: 1,
      eos: EOS,
      seed: settings.seed ^ 0x4556414c,
      rollout: (hashName(suite) + start) >>> 0,
    });
    chunk.forEach((prompt, i) => {
      items.push({ prompt, response: Array.from(tokens[i]) });
    });
  }
  return items;
}
