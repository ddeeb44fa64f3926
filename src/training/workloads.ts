// What a run will ask of its engine at most, told before it begins: models, and the largest batch of every stage.

import type { Settings } from '../config/index.ts';
import type { Workload } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import { LABELS } from '../terms/labels.ts';
import { MAX_TEXT } from '../terms/model.ts';
import { worldOf } from '../world/index.ts';
import { FORWARD_BATCH } from './exactKl.ts';
import { modelSpecs } from './rewardModel.ts';
import { SequenceEncoder } from './sequences.ts';
import { sftExample } from './sft.ts';
import { stagePlan } from './stages.ts';

/** Prompts of each label, and demonstrations, that are looked at for the longest. */
const LOOKED_AT = 24;
/** `<bos>`, `<sep>`s and `<eos>` around what a head judges. */
const HEAD_MARKS = 4;

type RunWork = { models: readonly ModelSpec[]; work: readonly Workload[] };

export function workOf(settings: Settings): RunWork {
  const { policy, reward } = modelSpecs(settings);
  const kinds = new Set(stagePlan(settings).map(({ kind }) => kind));
  const longest = longestTexts(settings, policy);
  const { group_size, prompts_per_step, minibatches, sft_batch, heads_batch } = settings;
  const responses = Math.ceil(prompts_per_step / minibatches) * group_size;
  const length = settings.max_response_tokens;
  const time = longest.prompt + length;
  const one = (kind: Workload['kind'], what: string, advice: string, of: Partial<Workload>): Workload => {
    const batch = of.batch ?? 1;
    const full = { spec: policy, batch, time, outputs: batch * length, ...of };
    return { ...full, time: Math.min(full.time, MAX_TEXT), kind, what, advice };
  };
  const sft = one('training', `An SFT update on ${sft_batch} demonstrations`, 'Lower sft_batch.', {
    batch: sft_batch,
    time: longest.demonstration,
    outputs: sft_batch * longest.response,
  });
  const heads = one('training', `An update of the heads on ${heads_batch} answers`, 'Lower heads_batch.', {
    spec: reward,
    batch: heads_batch,
    time: longest.prompt + longest.reference + length + HEAD_MARKS,
    outputs: heads_batch,
  });
  const samples = prompts_per_step * group_size;
  const rollout = one(
    'prefill',
    `A rollout of ${prompts_per_step} prompts with ${group_size} responses each`,
    'Lower prompts_per_step, group_size or max_response_tokens.',
    {
      batch: prompts_per_step,
      time: longest.prompt,
      outputs: prompts_per_step,
      rollout: { samples, maxNewTokens: length },
    },
  );
  const update = one(
    'training',
    `An RL update on ${responses} responses of ${length} tokens`,
    'Lower group_size, prompts_per_step or max_response_tokens, or raise minibatches.',
    { batch: responses, shared: { groups: responses / group_size, tokens: longest.prompt } },
  );
  const scored = Math.min(samples, FORWARD_BATCH);
  const forward = one('inference', `Scoring ${scored} responses`, 'Lower max_response_tokens.', {
    batch: scored,
    shared: { groups: Math.min(prompts_per_step, scored), tokens: longest.prompt },
  });
  return {
    models: [
      policy,
      ...(kinds.has('heads') || kinds.has('rl') ? [reward] : []),
      ...(kinds.has('rl') ? [policy] : []),
    ],
    work: [
      ...(kinds.has('sft') ? [sft] : []),
      ...(kinds.has('heads') ? [heads] : []),
      ...(kinds.has('rl') ? [rollout, forward, update] : []),
    ],
  };
}

/** Lengths in tokens of the longest among some prompts and demonstrations of the run: the world has no table of them. */
function longestTexts(settings: Settings, policy: ModelSpec) {
  const world = worldOf(settings);
  const encoder = new SequenceEncoder(world, policy);
  const longest = { prompt: 0, reference: 0, response: 0, demonstration: 0 };
  const note = (name: keyof typeof longest, length: number) => {
    longest[name] = Math.max(longest[name], length);
  };
  for (let i = 0; i < LOOKED_AT; i++) {
    for (const label of LABELS) {
      const prompt = world.prompt('train', label, i);
      note('prompt', encoder.promptTokens(prompt).length);
      note('reference', prompt.reference.length);
    }
    const { prompt, response } = sftExample(world, settings, i);
    note('response', response.length);
    note('demonstration', encoder.promptTokens(prompt).length + response.length);
  }
  return longest;
}
