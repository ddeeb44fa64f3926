// One RL iteration: rollout, filter, replay, update, metrics; its record goes to the replay buffer.

import { isFlat, mean, sum } from '../base/numbers.ts';
import { filterScore } from '../rewards/index.ts';
import { meanCost, nextMultiplier } from './constraint.ts';
import type { RunState, TrainingContext } from './context.ts';
import { drawPrompts, type Group, itemsOf, rollout } from './rollout.ts';
import { rewardMetricsOf } from './rolloutMetrics.ts';
import { replayGroups, sampleBatch } from './sampleRecords.ts';
import { stageRate } from './schedule.ts';
import type { RlStage } from './stages.ts';
import { type UpdateResult, updatePolicy } from './update.ts';
import { headAgreement } from './verdicts.ts';

/** Dynamic sampling (DAPO) gives up after this many extra rollouts. */
const MAX_RESAMPLES = 3;

export type RlIteration = {
  metrics: { [name: string]: number };
  /** The rollout of this iteration with the advantage of every sample; 0 for groups left out of the update. */
  groups: readonly Group[];
  advantages: Float64Array;
};

/** One iteration of an RL stage. Writes its rollout to the replay buffer. */
export async function rlIteration(
  context: TrainingContext,
  state: RunState,
  stage: RlStage,
  iteration: number,
): Promise<RlIteration> {
  const { settings } = context;
  const startedAt = context.now();
  const { groups, discarded } = await sampleGroups(context, state, stage);
  const rolloutMs = context.now() - startedAt;
  const policyVersion = state.policyVersion;
  // `group_heap` puts stored groups in the place of those without a signal, so it takes these out whatever the filter says.
  const takesOut = settings.filter_groups || settings.replay === 'group_heap';
  const alive = groups.map((group) => !takesOut || hasSignal(context, group));
  const replayed = await replayGroups(context, state, alive.filter((keep) => !keep).length);
  const trained = [...groups.filter((_, g) => alive[g]), ...replayed];
  const learningRate = stageRate(stage, iteration, settings);
  const updateStartedAt = context.now();
  const sampled = [...groups, ...discarded];
  const cost = settings.safety_cost ? meanCost(sampled) : null;
  if (cost !== null) state.multiplier = nextMultiplier(state.multiplier, cost, settings);
  let update: UpdateResult = { metrics: {}, advantages: new Float64Array(0), steps: 0 };
  if (trained.length > 0) {
    update = await updatePolicy(context, state, trained, sampled, {
      learningRate,
      freezeVision: stage.freezeVision,
      withDrift: iteration % settings.exact_drift_every === 0,
    });
    if (update.steps > 0) state.policyVersion++;
  }
  const updateMs = context.now() - updateStartedAt;
  const advantages = spreadAdvantages(alive, update.advantages, settings.group_size);
  await context.store.putSamples(
    sampleBatch(context, state, stage, { groups, discarded, advantages, policyVersion }),
  );
  const tokens = sum(itemsOf(groups).map(({ response }) => response.length));
  const staleness = replayed.map((group) => policyVersion - group.policyVersion);
  const metrics = {
    ...rewardMetricsOf(groups, settings),
    ...headAgreement(groups),
    ...update.metrics,
    ...(cost !== null && { 'safety_cost/mean': cost }),
    ...(settings.safety_cost && { 'safety_cost/multiplier': state.multiplier }),
    learning_rate: learningRate,
    'groups/trained': update.steps > 0 ? trained.length : 0,
    'groups/replayed': replayed.length,
    'staleness/mean': mean(staleness),
    policy_version: state.policyVersion,
    'tokens_per_second/rollout': (tokens / Math.max(1, rolloutMs)) * 1000,
    'tokens_per_second/update': (tokens / Math.max(1, updateMs)) * 1000,
  };
  return { metrics, groups, advantages };
}

/** Whether the task-aware score differs inside the group: an all-equal group has nothing to teach. */
function hasSignal(context: TrainingContext, group: Group): boolean {
  const scores = group.samples.map((sample) =>
    filterScore(group.prompt.label, sample.terms, context.settings),
  );
  return !isFlat(scores);
}

/** The groups of one iteration; `discarded` are those that dynamic sampling put others in the place of. */
async function sampleGroups(
  context: TrainingContext,
  state: RunState,
  stage: RlStage,
): Promise<{ groups: Group[]; discarded: Group[] }> {
  const { settings } = context;
  let discarded: Group[] = [];
  const wanted = settings.prompts_per_step;
  let groups = await rollout(context, state, drawPrompts(context, stage.mix, state.step, 0, wanted), 0);
  if (!settings.dynamic_sampling) return { groups, discarded };
  for (let attempt = 1; attempt <= MAX_RESAMPLES; attempt++) {
    const alive = groups.filter((group) => hasSignal(context, group));
    if (alive.length === groups.length) break;
    discarded = discarded.concat(groups.filter((group) => !alive.includes(group)));
    const prompts = drawPrompts(context, stage.mix, state.step, attempt, wanted - alive.length);
    groups = [...alive, ...(await rollout(context, state, prompts, attempt))];
  }
  return { groups, discarded };
}

/** The advantages of the groups that are alive at their places among all groups; 0 for the others. */
export function spreadAdvantages(
  alive: readonly boolean[],
  trained: Float64Array,
  groupSize: number,
): Float64Array {
  const result = new Float64Array(alive.length * groupSize);
  let cursor = 0;
  alive.forEach((keep, g) => {
    if (!keep) return;
    result.set(trained.subarray(cursor, cursor + groupSize), g * groupSize);
    cursor += groupSize;
  });
  return result;
}
