// What a policy makes of a prompt: its words and their log-probs, where it looks, and what heads, rules and oracle say of it.

import { PlaygroundError } from '../base/errors.ts';
import type { EngineModel } from '../engine/types.ts';
import type { AnswerRequest, AnswerView, ModelRef } from '../protocol/inspector.ts';
import { HEAD_TABLE, HEADS } from '../terms/heads.ts';
import { oracleView } from '../training/pinned.ts';
import { scoreParts } from '../training/rewardModel.ts';
import { shownTerms } from '../training/sampleRecords.ts';
import { overlongTerm, rewardAll, trainedTerms } from '../training/sampleRewards.ts';
import { visualMeasures } from '../training/visualMeasures.ts';
import { EOS, encode, type Prompt, splitResponse, wordOf } from '../world/index.ts';
import { logProbsUnder } from './groups.ts';
import type { OpenPolicy } from './modelCache.ts';

/** Asks one policy. `heads` are null where the run has none: then there are no verdicts and no terms. */
export async function answerOf(
  ref: ModelRef,
  open: OpenPolicy,
  heads: EngineModel | null,
  prompt: Prompt,
  { temperature, seed, begun = [] }: Pick<AnswerRequest, 'temperature' | 'seed' | 'begun'>,
): Promise<AnswerView> {
  const { model, encoder, world, settings } = open;
  const start = begunTokens(begun, settings.max_response_tokens);
  const { tokens, logProbs } = await model.generate({
    prompts: encoder.prompts([prompt], start),
    groupSize: 1,
    maxNewTokens: settings.max_response_tokens - start.length,
    temperature,
    topK: 0,
    topP: 1,
    eos: EOS,
    seed,
    rollout: 0,
  });
  const response = Int32Array.from([...start, ...tokens[0]]);
  const list = Array.from(response);
  const written = start.length > 0 ? await logProbsUnder(open, [{ prompt, response }]) : [];
  return {
    model: ref,
    response: list.map(wordOf),
    logProbs: [...(written[0] ?? []).slice(0, start.length), ...logProbs[0]],
    attention: await attentionOf(open, prompt, response),
    heads: heads ? await headsOf(heads, open, prompt, list) : [],
    oracle: oracleView(world, prompt, list),
    terms: heads ? await termsOf(open, heads, prompt, response) : {},
  };
}

/** @throws PlaygroundError `bad-setting` for words that the model does not know, and for more than it can go on from. */
function begunTokens(words: readonly string[], most: number): number[] {
  const tokens = encode(words.join(' '));
  if (tokens.length >= most)
    throw new PlaygroundError(
      'bad-setting',
      `A response has ${most} tokens at most, and this beginning has ${tokens.length}.`,
      'Make it shorter.',
    );
  return tokens;
}

/** Verdicts of every head that serves prompts of this label. */
async function headsOf(
  heads: EngineModel,
  { encoder }: OpenPolicy,
  prompt: Prompt,
  response: readonly number[],
): Promise<AnswerView['heads']> {
  const serving = HEADS.filter((head) => HEAD_TABLE[head].labels.includes(prompt.label));
  const part = splitResponse(response).answer;
  const [outputs] = await scoreParts(heads, encoder, [{ prompt, part, heads: serving }]);
  return serving.flatMap((head) => {
    const probabilities = outputs[head];
    return probabilities
      ? [{ head, classes: HEAD_TABLE[head].classes, probabilities: Array.from(probabilities) }]
      : [];
  });
}

/** The reward terms as training computes and shows them; nothing here is computed twice. */
async function termsOf(
  { model, encoder, world, settings }: OpenPolicy,
  heads: EngineModel,
  prompt: Prompt,
  response: Int32Array,
): Promise<AnswerView['terms']> {
  const items = [{ prompt, response }];
  const measures = await visualMeasures(settings, { policy: model, encoder }, items);
  const rewards = await rewardAll({ settings, world }, heads, encoder, items, { measures });
  // A group of one: its weighted sum is its total, for there is nothing to normalise over.
  const summed = { ...settings, aggregation: 'sum_then_normalize' as const };
  const [terms] = trainedTerms(
    rewards.map((reward) => reward.terms),
    [overlongTerm(response.length, settings)],
    summed,
  );
  return Object.fromEntries(shownTerms(summed).map((term) => [term, terms[term]]));
}

async function attentionOf(
  { model, encoder }: OpenPolicy,
  prompt: Prompt,
  response: Int32Array,
): Promise<AnswerView['attention']> {
  if (!encoder.seesPicture(prompt) || !model.imageAttentionMap || response.length === 0) return null;
  const { batch, rows } = encoder.responses([{ prompt, response }]);
  // The row that has token i as its input is one after the row that predicts it; the last token is nobody's input's target.
  const inputs = Int32Array.from(rows, (row) => row + 1);
  const map = await model.imageAttentionMap(batch, inputs);
  const patches = model.spec.imageTokens;
  return {
    patchesPerSide: Math.round(Math.sqrt(patches)),
    weights: Array.from(inputs, (_, i) => Array.from(map.subarray(i * patches, (i + 1) * patches))),
  };
}
