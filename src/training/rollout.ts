// One rollout: prompts drawn by the stage's mix, G responses each, with the rewards that they earn.

import type { Settings } from '../config/index.ts';
import { RandomStream } from '../random/philox.ts';
import type { Prompt } from '../world/types.ts';
import { EOS } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import { chosenLoss } from './lossSettings.ts';
import { type OwnReward, overlongTerm, rewardAll, type SampleTerms, trainedTerms } from './sampleRewards.ts';
import { drawLabel } from './sft.ts';
import { visualMeasures } from './visualMeasures.ts';

/** One response with all that is known of it. */
export type Sample = Omit<OwnReward, 'terms'> & {
  response: Int32Array;
  /** Behaviour log-probs, one per token. */
  oldLogp: Float32Array;
  terms: SampleTerms;
};

/** The G samples of one prompt. */
export type Group = {
  prompt: Prompt;
  samples: Sample[];
  policyVersion: number;
  /** Step at which it was sampled; differs from the current one for replayed groups. */
  step: number;
};

/** The samples of the groups one after the other, each with its prompt. */
export function itemsOf(groups: readonly Group[]): { prompt: Prompt; response: Int32Array }[] {
  return groups.flatMap(({ prompt, samples }) => samples.map(({ response }) => ({ prompt, response })));
}

/** Prompts of one iteration, drawn with (step, attempt) as the place in the random stream. */
export function drawPrompts(
  context: TrainingContext,
  mix: Settings['stage1_mix'],
  step: number,
  attempt: number,
  count: number,
): Prompt[] {
  const stream = new RandomStream(context.settings.seed, 'rl-prompts', step, attempt);
  return Array.from({ length: count }, () =>
    context.world.prompt('train', drawLabel(mix, stream), stream.int(1 << 24)),
  );
}

/** Samples and rewards the groups of one iteration. @throws PlaygroundError `missing-head` when a label needs a head that is not there. */
export async function rollout(
  context: TrainingContext,
  state: RunState,
  prompts: readonly Prompt[],
  attempt: number,
): Promise<Group[]> {
  const { settings } = context;
  const offline = chosenLoss(settings).samplesFrom === 'reference';
  const sampler = (offline && state.reference) || state.policy;
  const generation = await sampler.generate({
    prompts: state.encoder.prompts(prompts),
    groupSize: settings.group_size,
    maxNewTokens: settings.max_response_tokens,
    temperature: settings.temperature,
    topK: settings.top_k,
    topP: settings.top_p,
    eos: EOS,
    seed: settings.seed,
    rollout: state.step * 16 + attempt,
  });
  const items = generation.tokens.map((response, s) => ({
    prompt: prompts[Math.floor(s / settings.group_size)],
    response,
  }));
  const measures = await visualMeasures(settings, state, items);
  const rewards = await rewardAll(context, state.rewardModel, state.encoder, items, { measures });
  return prompts.map((prompt, g) => {
    const from = g * settings.group_size;
    const rows = rewards.slice(from, from + settings.group_size);
    const overlong = rows.map((_, i) => overlongTerm(items[from + i].response.length, settings));
    const trained = trainedTerms(
      rows.map(({ terms }) => terms),
      overlong,
      settings,
    );
    return {
      prompt,
      policyVersion: state.policyVersion,
      step: state.step,
      samples: rows.map((row, i) => ({
        ...row,
        response: items[from + i].response,
        oldLogp: generation.logProbs[from + i],
        terms: trained[i],
        gold: row.gold + overlong[i],
      })),
    };
  });
}
