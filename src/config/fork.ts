// Which settings two runs must share for one to begin after a stage of the other: those that the stages before have read.

import { PlaygroundError } from '../base/errors.ts';
import { LOSSES } from '../losses/index.ts';
import { type PlanEntry, planOf, STAGE_TABLE, STAGES, type Stage } from '../terms/stages.ts';
import { formatSetting } from './format.ts';
import { SETTING_GROUPS, SETTINGS, type SettingKey, type Settings, WITHOUT_EFFECT } from './settings.ts';

/** What makes the same models in the same world, and computes them alike. */
const ALWAYS: readonly SettingKey[] = ['seed', ...keysOf('engine', 'world', 'model')];
/** AdamW and its warm-up: the same rows for SFT, heads and RL. */
const OPTIMIZER: readonly SettingKey[] = [
  'warmup_fraction',
  'weight_decay',
  'beta1',
  'beta2',
  'max_grad_norm',
];
const EVALUATION: readonly SettingKey[] = [
  'eval_samples',
  'eval_distinct',
  'eval_temperature',
  'eval_split',
  'eval_attacker',
  'max_response_tokens',
];
/** What one RL stage alone reads. */
function ownSettings(stage: Stage): readonly SettingKey[] {
  const { iterations, rate, mix, freeze } = STAGE_TABLE[stage];
  return [...iterations, rate, ...(mix ? [mix] : []), ...(freeze ? [freeze] : [])];
}
const OF_ONE_STAGE = new Set(STAGES.flatMap(ownSettings));
const RL_SHARED = keysOf('rl', 'loss', 'reward', 'replay', 'guard').filter((key) => !OF_ONE_STAGE.has(key));

/** Those on which results depend. */
function keysOf(...groups: string[]): SettingKey[] {
  return SETTING_GROUPS.filter(({ key }) => groups.includes(key)).flatMap(({ settings }) =>
    settings.map(({ key }) => key).filter((key) => !WITHOUT_EFFECT.includes(key)),
  );
}

/** The settings on which the result of a stage depends, beside those of the model, the world and the engine. */
export function settingsReadBy(entry: PlanEntry): readonly SettingKey[] {
  switch (entry.kind) {
    case 'sft':
      return [...keysOf('sft'), ...OPTIMIZER];
    case 'heads':
      return [...keysOf('heads'), ...OPTIMIZER, 'max_response_tokens'];
    case 'evaluation':
      return entry.withHeads ? [...EVALUATION, 'eval_filter'] : EVALUATION;
    case 'rl':
      return [...RL_SHARED, ...ownSettings(entry.stage)];
  }
}

/** Whether both evaluate a policy alike, on the same prompts, so that the scores of one are those of the other. */
export function sameEvaluation(source: Settings, settings: Settings): boolean {
  return [...EVALUATION, 'eval_filter' as const, 'seed' as const].every(
    (key) => formatSetting(key, source[key]) === formatSetting(key, settings[key]),
  );
}

function refuse(setting: SettingKey, stage: string, there: string, here: string): never {
  throw new PlaygroundError(
    'bad-setting',
    `A run cannot begin after ${stage} of that one: ${setting} is ${there} there and ${here} here, and what is taken over depends on it.`,
    'Give the same value, fork after an earlier stage, or train the run whole.',
    { setting, stage, there, here },
  );
}

/** The entries of a plan up to the end of a stage. @throws PlaygroundError `not-found` */
function planUpTo(source: Settings, stage: string): PlanEntry[] {
  // With evaluations in any case: they show whether `evaluate` mattered before the fork.
  const plan = planOf({ ...source, evaluate: true });
  const at = plan.findIndex(({ kind, name }) => kind !== 'evaluation' && name === stage);
  if (at >= 0) return plan.slice(0, at + 1);
  const trained = plan.filter(({ kind }) => kind !== 'evaluation');
  throw new PlaygroundError(
    'not-found',
    `The run has no stage "${stage}".`,
    `Choose one of: ${trained.map(({ name }) => name).join(', ')}.`,
    { stage },
  );
}

/**
 * The settings, beside `stages`, on which it depends what a run holds at the end of a stage.
 * @throws PlaygroundError `not-found` where there is no such stage.
 */
export function settingsReadUpTo(source: Settings, stage: string): ReadonlySet<SettingKey> {
  const before = planUpTo(source, stage);
  return new Set<SettingKey>([
    ...ALWAYS,
    ...(before.some(({ kind }) => kind === 'evaluation') ? (['evaluate'] as const) : []),
    ...before.filter(({ kind }) => kind !== 'evaluation' || source.evaluate).flatMap(settingsReadBy),
  ]);
}

/**
 * Whether a run that takes over that stage may have another seed: then its random numbers are its own from there on, and it is not what
 * training it whole would give. After RL it may not, for the samples that are taken over name prompts of their seed.
 */
export function seedIsFree(source: Settings, stage: string): boolean {
  return planUpTo(source, stage).every(({ kind }) => kind !== 'rl');
}

/** The first entry of the plan, up to the end of a stage, that reads a setting; null where model, world or engine are made with it. */
export function firstReader(source: Settings, stage: string, key: SettingKey): string | null {
  if (ALWAYS.includes(key)) return null;
  return planUpTo(source, stage).find((entry) => settingsReadBy(entry).includes(key))?.name ?? null;
}

/**
 * The place in the plan of `settings` where a run begins that takes over `stage` (a name in the plan, e.g. `heads`) of a run with
 * the settings `source`. The seed may be another one where `seedIsFree`.
 * @throws PlaygroundError `not-found` where there is no such stage, `bad-setting` naming the first setting that differs.
 */
export function forkIndex(source: Settings, settings: Settings, stage: string): number {
  const taken = planUpTo(source, stage).filter(({ kind }) => kind !== 'evaluation').length;
  const [there, here] = [source.stages.slice(0, taken), settings.stages.slice(0, taken)];
  if (there.join() !== here.join()) refuse('stages', stage, there.join(), settings.stages.join());
  const read = settingsReadUpTo(source, stage);
  const free = seedIsFree(source, stage);
  for (const { key } of SETTINGS.filter((row) => read.has(row.key) && !(free && row.key === 'seed'))) {
    const [old, fresh] = [formatSetting(key, source[key]), formatSetting(key, settings[key])];
    if (old !== fresh) refuse(key, stage, old, fresh);
  }
  // A value head is part of the policy from SFT on.
  if (LOSSES[source.loss_type].needsValueHead !== LOSSES[settings.loss_type].needsValueHead) {
    refuse(
      'loss_type',
      stage,
      source.loss_type,
      `${settings.loss_type} (only one of the two has a value head)`,
    );
  }
  return planOf(settings).findIndex(({ name }) => name === stage) + 1;
}

/** Whether a run that takes over that stage has nothing left to do: nothing to train, and no evaluation that is another one than there. */
export function nothingLeft(source: Settings, settings: Settings, stage: string): boolean {
  const left = planOf(settings).slice(forkIndex(source, settings, stage));
  if (left.some(({ kind }) => kind !== 'evaluation')) return false;
  return left.length === 0 || sameEvaluation(source, settings);
}
