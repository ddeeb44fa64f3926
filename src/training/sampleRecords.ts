// Rollouts as records of the replay buffer, and stored groups back from them.

import type { Settings } from '../config/index.ts';
import { RandomStream } from '../random/philox.ts';
import type { SampleBatch } from '../storage/types.ts';
import type { TermValues } from '../terms/rewardTerms.ts';
import { TERMS } from '../terms/rewardTerms.ts';
import type { World } from '../world/index.ts';
import type { RunState, TrainingContext } from './context.ts';
import { selectReplay } from './replay.ts';
import type { Group, Sample } from './rollout.ts';
import type { SampleTerms } from './sampleRewards.ts';
import { offsetsOf } from './sequences.ts';
import type { RlStage } from './stages.ts';
import { verdictColumns } from './verdicts.ts';

/** The terms that a run stores and shows: those that make up its total, and the total; the others are 0 or say nothing new. */
export function shownTerms(settings: Settings): (keyof SampleTerms)[] {
  return [
    ...TERMS,
    ...(settings.overlong_penalty > 0 ? ['overlong' as const] : []),
    ...(settings.aggregation === 'normalize_then_sum' ? ['weighted_sum' as const] : []),
    ...(settings.safety_cost ? ['cost' as const] : []),
    'total',
  ];
}

/** What one iteration sampled: the groups with their samples' advantages, and those that dynamic sampling replaced. */
export type RolledOut = {
  groups: readonly Group[];
  discarded: readonly Group[];
  /** One per sample of `groups`. */
  advantages: Float64Array;
  policyVersion: number;
};

/** The record of an iteration's rollout; the discarded groups come last, with advantages of 0. */
export function sampleBatch(
  context: TrainingContext,
  state: RunState,
  stage: RlStage,
  rolled: RolledOut,
): SampleBatch {
  const { discarded, policyVersion } = rolled;
  const groups = [...rolled.groups, ...discarded];
  const samples = groups.flatMap((group) => group.samples);
  const offsets = offsetsOf(samples.map(({ response }) => response.length));
  const responseTokens = new Int32Array(offsets[samples.length]);
  const oldLogProbs = new Float32Array(offsets[samples.length]);
  samples.forEach((sample, s) => {
    responseTokens.set(sample.response, offsets[s]);
    oldLogProbs.set(sample.oldLogp, offsets[s]);
  });
  return {
    runId: context.runId,
    step: state.step,
    stage: stage.name,
    policyVersion,
    groupSize: context.settings.group_size,
    promptIds: groups.map((group) => group.prompt.id),
    labels: groups.map((group) => group.prompt.label),
    promptTokens: Int32Array.from(groups.flatMap((group) => [...group.prompt.tokens])),
    promptOffsets: offsetsOf(groups.map(({ prompt }) => prompt.tokens.length)),
    responseTokens,
    offsets,
    oldLogProbs,
    terms: {
      ...Object.fromEntries(
        shownTerms(context.settings).map((term) => [
          term,
          Float32Array.from(samples, (sample) => sample.terms[term]),
        ]),
      ),
      gold: Float32Array.from(samples, (sample) => sample.gold),
    },
    ...verdictColumns(samples),
    advantages: Float32Array.from(samples, (_, s) => rolled.advantages[s] ?? 0),
    ...(discarded.length > 0
      ? { discarded: Uint8Array.from(groups, (_, g) => (g < rolled.groups.length ? 0 : 1)) }
      : {}),
  };
}

/** Stored groups that join this update, read back from the replay buffer. */
export async function replayGroups(
  context: TrainingContext,
  state: RunState,
  deadGroups: number,
): Promise<Group[]> {
  const { settings, store, world } = context;
  if (settings.replay === 'none') return [];
  const rows = await store.sampleIndex({
    runId: context.runId,
    maxStep: state.step - 1,
    minPolicyVersion: state.policyVersion - settings.replay_staleness,
  });
  const choices = selectReplay({
    mode: settings.replay,
    rows,
    count:
      settings.replay === 'group_heap'
        ? deadGroups
        : Math.round((settings.prompts_per_step * settings.replay_fraction) / (1 - settings.replay_fraction)),
    policyVersion: state.policyVersion,
    staleness: settings.replay_staleness,
    maxStep: state.step - 1,
    stream: new RandomStream(settings.seed, 'replay', state.step),
  });
  const groups: Group[] = [];
  for (const { step, group } of choices) {
    const batch = await store.getSamples(context.runId, step);
    if (batch) groups.push(storedGroup(world, world.promptById(batch.promptIds[group]), batch, group));
  }
  return groups;
}

/** Rebuilds a group from its record; the oracle's judgement is made anew, head outputs are not kept. */
export function storedGroup(world: World, prompt: Group['prompt'], batch: SampleBatch, group: number): Group {
  const samples = Array.from({ length: batch.groupSize }, (_, i): Sample => {
    const s = group * batch.groupSize + i;
    const [from, to] = [batch.offsets[s], batch.offsets[s + 1]];
    const response = batch.responseTokens.slice(from, to);
    const term = (name: string) => batch.terms[name]?.[s] ?? 0;
    const terms: SampleTerms = {
      ...(Object.fromEntries(TERMS.map((name) => [name, term(name)])) as TermValues),
      overlong: term('overlong'),
      total: term('total'),
      cost: term('cost'),
      weighted_sum: term(batch.terms.weighted_sum ? 'weighted_sum' : 'total'),
    };
    return {
      response,
      oldLogp: batch.oldLogProbs.slice(from, to),
      terms,
      heads: {},
      judgement: world.judge(prompt, Array.from(response)),
      gold: term('gold'),
    };
  });
  return { prompt, samples, policyVersion: batch.policyVersion, step: batch.step };
}
