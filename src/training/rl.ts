// One RL iteration: rollout, filter, replay, update, metrics, and the record that goes to the replay buffer.

import type { Settings } from '../config/index.ts';
import { RandomStream } from '../random/philox.ts';
import { filterScore, type HeadOutputs, TERMS, termApplies } from '../rewards/index.ts';
import type { SampleBatch } from '../storage/types.ts';
import { SAFETY_VERDICTS } from '../world/types.ts';
import { EOS } from '../world/vocabulary.ts';
import type { RunState, TrainingContext } from './context.ts';
import { selectReplay } from './replay.ts';
import { drawPrompts, type Group, headAgreement, rollout, type Sample, type SampleTerms } from './rollout.ts';
import { learningRateAt } from './schedule.ts';
import type { SequenceEncoder } from './sequences.ts';
import type { RlStage } from './stages.ts';
import { exactDrift, policyLogits, type UpdateResult, updatePolicy } from './update.ts';

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
  encoder: SequenceEncoder,
  stage: RlStage,
  iteration: number,
): Promise<RlIteration> {
  const { settings } = context;
  const startedAt = context.now();
  const groups = await sampleGroups(context, state, encoder, stage);
  const rolloutMs = context.now() - startedAt;
  const policyVersion = state.policyVersion;
  const alive = groups.map((group) => !settings.filter_groups || hasSignal(context, group));
  const replayed = await replayGroups(context, state, alive.filter((keep) => !keep).length);
  const trained = [...groups.filter((_, g) => alive[g]), ...replayed];
  const learningRate = learningRateAt(
    stage.learningRate,
    iteration,
    stage.iterations,
    settings.warmup_fraction,
    'constant',
  );
  const updateStartedAt = context.now();
  let update: UpdateResult = { metrics: {}, advantages: new Float64Array(0) };
  if (trained.length > 0) {
    const probe = trained.slice(0, 2);
    const before = await policyLogits(state.policy, encoder, probe);
    update = await updatePolicy(context, state, encoder, trained, learningRate, stage.freezeVision);
    update.metrics['policy_drift/exact'] = await exactDrift(
      state.policy,
      encoder,
      probe,
      before,
      settings.temperature,
    );
  }
  const updateMs = context.now() - updateStartedAt;
  const advantages = spreadAdvantages(groups, alive, update.advantages, settings.group_size);
  await context.store.putSamples(sampleBatch(context, state, stage, groups, advantages, policyVersion));
  const tokens = groups.reduce(
    (total, group) => total + group.samples.reduce((sum, sample) => sum + sample.response.length, 0),
    0,
  );
  const staleness = replayed.map((group) => policyVersion - group.policyVersion);
  const metrics = {
    ...rewardMetricsOf(groups, settings),
    ...headAgreement(groups),
    ...update.metrics,
    learning_rate: learningRate,
    'groups/trained': trained.length,
    'groups/replayed': replayed.length,
    'staleness/mean': staleness.reduce((a, b) => a + b, 0) / Math.max(1, staleness.length),
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
  return scores.some((score) => score !== scores[0]);
}

async function sampleGroups(
  context: TrainingContext,
  state: RunState,
  encoder: SequenceEncoder,
  stage: RlStage,
): Promise<Group[]> {
  const { settings } = context;
  const wanted = settings.prompts_per_step;
  let groups = await rollout(
    context,
    state,
    encoder,
    drawPrompts(context, stage.mix, state.step, 0, wanted),
    0,
  );
  if (!settings.dynamic_sampling) return groups;
  for (let attempt = 1; attempt <= MAX_RESAMPLES; attempt++) {
    const alive = groups.filter((group) => hasSignal(context, group));
    if (alive.length === groups.length) break;
    const prompts = drawPrompts(context, stage.mix, state.step, attempt, wanted - alive.length);
    groups = [...alive, ...(await rollout(context, state, encoder, prompts, attempt))];
  }
  return groups;
}

/** Stored groups that join this update, read back from the replay buffer. */
async function replayGroups(context: TrainingContext, state: RunState, deadGroups: number): Promise<Group[]> {
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
        : Math.round(settings.prompts_per_step * settings.replay_fraction),
    policyVersion: state.policyVersion,
    staleness: settings.replay_staleness,
    maxStep: state.step - 1,
    stream: new RandomStream(settings.seed, 'replay', state.step),
  });
  const groups: Group[] = [];
  for (const { step, group } of choices) {
    const batch = await store.getSamples(context.runId, step);
    if (batch) groups.push(storedGroup(context, world.promptById(batch.promptIds[group]), batch, group));
  }
  return groups;
}

/** Rebuilds a group from its record; the oracle's judgement is made anew, head outputs are not kept. */
function storedGroup(
  context: TrainingContext,
  prompt: Group['prompt'],
  batch: SampleBatch,
  group: number,
): Group {
  const samples = Array.from({ length: batch.groupSize }, (_, i): Sample => {
    const s = group * batch.groupSize + i;
    const [from, to] = [batch.offsets[s], batch.offsets[s + 1]];
    const response = batch.responseTokens.slice(from, to);
    const term = (name: string) => batch.terms[name]?.[s] ?? 0;
    const terms: SampleTerms = {
      format: term('format'),
      visual_focus: term('visual_focus'),
      helpful: term('helpful'),
      task: term('task'),
      overlong: term('overlong'),
      total: term('total'),
      weighted_sum: term(batch.terms.weighted_sum ? 'weighted_sum' : 'total'),
    };
    return {
      response,
      oldLogp: batch.oldLogProbs.slice(from, to),
      terms,
      heads: {},
      judgement: context.world.judge(prompt, Array.from(response)),
      gold: term('gold'),
    };
  });
  return { prompt, samples, policyVersion: batch.policyVersion, step: batch.step };
}

function spreadAdvantages(
  groups: readonly Group[],
  alive: readonly boolean[],
  trained: Float64Array,
  groupSize: number,
): Float64Array {
  const result = new Float64Array(groups.length * groupSize);
  let cursor = 0;
  groups.forEach((_, g) => {
    if (!alive[g]) return;
    result.set(trained.subarray(cursor, cursor + groupSize), g * groupSize);
    cursor += groupSize;
  });
  return result;
}

/** The terms that a run stores and shows: those that make up its total, and the total; the others are 0 or say nothing new. */
export function shownTerms(settings: Settings): (keyof SampleTerms)[] {
  return [
    ...TERMS,
    ...(settings.overlong_penalty > 0 ? ['overlong' as const] : []),
    ...(settings.aggregation === 'normalize_then_sum' ? ['weighted_sum' as const] : []),
    'total',
  ];
}

/** Index of the most probable class, 255 without an output. */
export function verdictIndex(heads: HeadOutputs): number {
  const output = heads.safety;
  if (!output) return 255;
  let best = 0;
  for (let i = 1; i < output.length; i++) if (output[i] > output[best]) best = i;
  return best;
}

function sampleBatch(
  context: TrainingContext,
  state: RunState,
  stage: RlStage,
  groups: readonly Group[],
  advantages: Float64Array,
  policyVersion: number,
): SampleBatch {
  const samples = groups.flatMap((group) => group.samples);
  const offsets = new Int32Array(samples.length + 1);
  samples.forEach((sample, s) => {
    offsets[s + 1] = offsets[s] + sample.response.length;
  });
  const responseTokens = new Int32Array(offsets[samples.length]);
  const oldLogProbs = new Float32Array(offsets[samples.length]);
  samples.forEach((sample, s) => {
    responseTokens.set(sample.response, offsets[s]);
    oldLogProbs.set(sample.oldLogp, offsets[s]);
  });
  const promptOffsets = new Int32Array(groups.length + 1);
  groups.forEach((group, g) => {
    promptOffsets[g + 1] = promptOffsets[g] + group.prompt.tokens.length;
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
    promptOffsets,
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
    verdicts: Uint8Array.from(samples, (sample) => verdictIndex(sample.heads)),
    oracleVerdicts: Uint8Array.from(samples, (sample) => SAFETY_VERDICTS.indexOf(sample.judgement.verdict)),
    advantages: Float32Array.from(advantages),
  };
}

class Tally {
  private readonly sums = new Map<string, { sum: number; squares: number; n: number }>();

  add(name: string, value: number): void {
    const entry = this.sums.get(name) ?? { sum: 0, squares: 0, n: 0 };
    entry.sum += value;
    entry.squares += value * value;
    entry.n++;
    this.sums.set(name, entry);
  }

  mean(name: string): number | undefined {
    const entry = this.sums.get(name);
    return entry && entry.sum / entry.n;
  }

  std(name: string): number | undefined {
    const entry = this.sums.get(name);
    if (!entry) return undefined;
    const mean = entry.sum / entry.n;
    return Math.sqrt(Math.max(0, entry.squares / entry.n - mean * mean));
  }

  names(): string[] {
    return [...this.sums.keys()];
  }
}

/**
 * Reward, terms (overall and per label, over the samples that a term applies to), lengths, refusal rates and gold reward of a
 * rollout. Totals normalised in their group have mean 0: `reward_weighted_sum` is then what compares with `gold_reward`.
 */
function rewardMetricsOf(groups: readonly Group[], settings: Settings): { [name: string]: number } {
  const tally = new Tally();
  const lengths: number[] = [];
  let flat = 0;
  for (const { prompt, samples } of groups) {
    if (samples.every((sample) => sample.terms.total === samples[0].terms.total)) flat++;
    for (const sample of samples) {
      tally.add('reward', sample.terms.total);
      tally.add('gold_reward', sample.gold);
      for (const term of TERMS) {
        if (!termApplies(term, prompt.label, prompt.scene !== null, settings)) continue;
        tally.add(`rewards/${term}`, sample.terms[term]);
        tally.add(`rewards/${term}/${prompt.label}`, sample.terms[term]);
      }
      if (settings.overlong_penalty > 0) tally.add('rewards/overlong', sample.terms.overlong);
      if (settings.aggregation === 'normalize_then_sum') {
        tally.add('reward_weighted_sum', sample.terms.weighted_sum);
      }
      tally.add(`reward/${prompt.label}`, sample.terms.total);
      tally.add(`refusal_rate/${prompt.harmful ? 'harmful' : 'benign'}`, sample.judgement.refusal ? 1 : 0);
      tally.add('format_rate', sample.judgement.format ? 1 : 0);
      tally.add('clipped', sample.response[sample.response.length - 1] === EOS ? 0 : 1);
      lengths.push(sample.response.length);
    }
  }
  const metrics: { [name: string]: number } = {
    reward_std: tally.std('reward') ?? 0,
    frac_reward_zero_std: flat / Math.max(1, groups.length),
    'completions/mean_length': lengths.reduce((a, b) => a + b, 0) / Math.max(1, lengths.length),
    'completions/min_length': Math.min(...lengths),
    'completions/max_length': Math.max(...lengths),
    'completions/clipped_ratio': tally.mean('clipped') ?? 0,
  };
  for (const name of tally.names()) {
    if (name === 'clipped') continue;
    const mean = tally.mean(name) ?? 0;
    if (/^rewards\/[a-z_]+$/.test(name)) {
      metrics[`${name}/mean`] = mean;
      metrics[`${name}/std`] = tally.std(name) ?? 0;
    } else {
      metrics[name] = mean;
    }
  }
  return metrics;
}
