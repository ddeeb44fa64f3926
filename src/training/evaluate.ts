// Evaluation of the policy on one held-out suite, in each decoding; the oracle judges.

import type { ScoredItem } from '../evaluation/index.ts';
import { hashName } from '../random/philox.ts';
import { DECODING_TABLE, type Decoding } from '../terms/decodings.ts';
import { type DecodedScores, promptsOfSuite, type Suite, type SuiteScore } from '../terms/suites.ts';
import type { Prompt } from '../world/index.ts';
import { EOS } from '../world/vocabulary.ts';
import { behindFilter } from './answerFilter.ts';
import type { RunState, TrainingContext } from './context.ts';

const BATCH = 64;

/** The answers to one suite, by decoding; always to the same prompts. */
export type AnsweredSuite = {
  suite: Suite;
  items: { readonly [decoding in Decoding]: readonly ScoredItem[] };
};

export type Evaluated = {
  context: Pick<TrainingContext, 'settings' | 'world'>;
  state: Pick<RunState, 'policy' | 'encoder'>;
};

/** The first prompts of a suite, as the settings want them. */
export function suitePrompts(
  { settings, world }: Evaluated['context'],
  suite: Suite,
  samples: number,
): readonly Prompt[] {
  const draw = settings.eval_distinct ? world.distinctSuite : world.suite;
  return draw(suite, samples, settings.eval_split);
}

/** Sampled answers to prompts of a suite: those that its test gives, without a filter. */
export async function sampleSuite(
  of: Evaluated,
  suite: Suite,
  prompts: readonly Prompt[],
): Promise<ScoredItem[]> {
  const temperature = DECODING_TABLE.sampled.temperature(of.context.settings);
  return await answerPrompts(of, prompts, temperature, hashName(suite));
}

/** Answers the suite's prompts with the policy, behind the filter where the settings want one and there are reward heads. */
export async function answerSuite(
  context: Evaluated['context'],
  state: Evaluated['state'] & Pick<RunState, 'rewardModel'>,
  suite: Suite,
): Promise<AnsweredSuite> {
  const { settings } = context;
  const prompts = suitePrompts(context, suite, promptsOfSuite(suite, settings));
  const answersAt = async (temperature: number) => {
    const items = await answerPrompts({ context, state }, prompts, temperature, hashName(suite));
    const { rewardModel, encoder } = state;
    const isOpen = settings.eval_filter === 0 || rewardModel === null;
    return isOpen ? items : await behindFilter(items, rewardModel, encoder, settings.eval_filter);
  };
  const temperature = DECODING_TABLE.sampled.temperature(settings);
  const sampled = await answersAt(temperature);
  const likeliest = DECODING_TABLE.greedy.temperature();
  // At `eval_temperature` 0 they are the same answers.
  const greedy = temperature === likeliest ? sampled : await answersAt(likeliest);
  return { suite, items: { sampled, greedy } };
}

/**
 * One answer to each prompt. Random numbers depend on `place` and on the prompt's index alone, so that stages are compared on common
 * ground, and training draws none of them.
 */
export async function answerPrompts(
  { context: { settings }, state }: Evaluated,
  prompts: readonly Prompt[],
  temperature: number,
  place: number,
): Promise<ScoredItem[]> {
  const items: ScoredItem[] = [];
  for (let start = 0; start < prompts.length; start += BATCH) {
    const chunk = prompts.slice(start, start + BATCH);
    const { tokens } = await state.policy.generate({
      prompts: state.encoder.prompts(chunk),
      groupSize: 1,
      maxNewTokens: settings.max_response_tokens,
      temperature,
      topK: 0,
      topP: 1,
      eos: EOS,
      seed: settings.seed ^ 0x4556414c,
      rollout: (place + start) >>> 0,
    });
    chunk.forEach((prompt, i) => {
      items.push({ prompt, response: Array.from(tokens[i]) });
    });
  }
  return items;
}

/** What `score` makes of the suites, for each decoding. */
export function scoresByDecoding(
  answered: readonly AnsweredSuite[],
  score: (suites: { suite: Suite; items: readonly ScoredItem[] }[]) => SuiteScore[],
): Required<DecodedScores> {
  const of = (decoding: Decoding) =>
    score(answered.map(({ suite, items }) => ({ suite, items: items[decoding] })));
  return { scores: of('sampled'), greedy: of('greedy') };
}
