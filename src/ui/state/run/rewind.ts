// The way back from a run that went wrong: the stage after which a new one begins, and what is set otherwise in it.

import { clamp } from '../../../base/numbers.ts';
import {
  changedKeys,
  type FailureHint,
  findSetting,
  formatSetting,
  type Preset,
  resolvePreset,
  type SettingKey,
  type Settings,
  validateSettings,
} from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { isRlStage } from '../../../terms/stages.ts';
import type { Draft } from '../form/draft.ts';
import { draftOfRun } from '../runs/runSettings.ts';
import type { GuardFinding } from './guardFindings.ts';

export type Rewind = {
  /** The stage whose end the next run takes over; null where it must begin anew. */
  after: string | null;
  draft: Draft;
  changes: readonly { label: string; from: string; to: string }[];
};

/** A quarter is enough for most runs that blew up, and still learns. */
const GENTLER = 4;
const MIN_BETA = 0.1;

const RATES: { readonly [stage: string]: SettingKey } = {
  sft: 'sft_learning_rate',
  heads: 'heads_learning_rate',
  stage1: 'stage1_learning_rate',
  stage2: 'stage2_learning_rate',
  mixed: 'stage2_learning_rate',
};

/** The layer of a preset that is meant to fail; null for other presets. */
export function failureOfPreset(preset: string): (Preset & { hint: FailureHint }) | null {
  try {
    for (const layer of resolvePreset(preset).layers) if (layer.hint) return { ...layer, hint: layer.hint };
  } catch {
    // A run of another version, or an own name: there is nothing to say of it.
  }
  return null;
}

/** What it says about itself. */
export function hintOf(preset: string): FailureHint | null {
  return failureOfPreset(preset)?.hint ?? null;
}

/**
 * `held`: the stages whose ends the run holds as checkpoints, in their order.
 * @throws PlaygroundError `bad-setting` for a run with settings of another version.
 */
export function rewindOf(
  run: Pick<RunRecord, 'preset' | 'settings'>,
  held: readonly string[],
  { stage, kind }: Pick<GuardFinding, 'stage' | 'kind'>,
): Rewind {
  const old = draftOfRun(run);
  const hint = hintOf(old.preset);
  // What the failure sets besides stays, as if it had been set by hand: the stages that are taken over may have read it.
  const preset = hint ? withoutFailure(old.preset) : old.preset;
  const patch = hint ? usual(preset, hint.undo) : gentler(old.settings, stage, kind);
  const settings = validateSettings(patch, old.settings);
  // What a stage has read cannot be changed after it: the new run begins before the first one that reads it.
  const at = held.findIndex(
    hint?.stage ? (each) => each === hint.stage : readerOf(Object.keys(patch), stage),
  );
  const before = at < 0 ? held : held.slice(0, at);
  const changed = changedKeys(settings, old.settings);
  // What the patch names stands first, then what a loss brought with it.
  const named = (Object.keys(patch) as SettingKey[]).filter((key) => changed.includes(key));
  const changes = [...new Set([...named, ...changed])].map((key) => ({
    label: findSetting(key)?.label ?? key,
    from: formatSetting(key, old.settings[key]),
    to: formatSetting(key, settings[key]),
  }));
  return { after: before.at(-1) ?? null, draft: { preset, settings }, changes };
}

function withoutFailure(preset: string): string {
  const { layers } = resolvePreset(preset);
  return layers
    .filter(({ kind }) => kind !== 'failure')
    .map(({ name }) => name)
    .join('+');
}

/** These settings as the preset has them. */
function usual(preset: string, keys: readonly SettingKey[]): Partial<Settings> {
  const { settings } = resolvePreset(preset);
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}

/** Longer values are a list that nobody reads within a sentence. */
const MOST_CHARACTERS = 20;

/** `Loss cpgd instead of pg`, `Stage 2 task mix as usual`. */
export function changeText({ label, from, to }: Rewind['changes'][number]): string {
  return Math.max(from.length, to.length) > MOST_CHARACTERS
    ? `${label} as usual`
    : `${label} ${to} instead of ${from}`;
}

/** Tells the stages that read what is changed: those with that learning rate, else every stage of RL. */
function readerOf(changed: readonly string[], stage: string): (each: string) => boolean {
  const rate = rateOf(stage);
  return rate !== undefined && changed.every((key) => key === rate)
    ? (each) => rateOf(each) === rate
    : isRlStage;
}

function rateOf(stage: string): SettingKey | undefined {
  return RATES[stage.replace(/-\d+$/, '')];
}

function gentler(settings: Settings, stage: string, kind: GuardFinding['kind']): Partial<Settings> {
  // A reward that is gamed is no matter of the step's size, but of how far the policy may go.
  if (kind === 'noticed') return { beta: clamp(2 * settings.beta, MIN_BETA, 10) };
  const key = rateOf(stage);
  const rate = key === undefined ? null : settings[key];
  return key === undefined || typeof rate !== 'number'
    ? {}
    : { [key]: Number((rate / GENTLER).toPrecision(2)) };
}
