// Another reward recipe on stored samples: what was changed, and what it would change.

import { mean } from '../../../base/numbers.ts';
import {
  findSetting,
  formatSetting,
  type SettingInfo,
  type SettingKey,
  type Settings,
  type SettingsInput,
} from '../../../config/index.ts';
import { type GroupScores, RESCORABLE, type RescoredGroup } from '../../../protocol/inspector.ts';
import { TERM_TABLE, TERMS } from '../../../terms/rewardTerms.ts';
import { winnersOf } from './contributions.ts';

/** The rows of the table that stored samples can be scored with again, in the order of the protocol's list. */
export const RECIPE_INFOS: readonly SettingInfo[] = RESCORABLE.flatMap((key) => findSetting(key) ?? []);
/** Those that are shown first. */
export const WEIGHT_KEYS: readonly SettingKey[] = TERMS.map((term) => TERM_TABLE[term].weight);

/** The change with one more setting; a setting that is back at the run's value is no change. */
export function withRecipe<K extends SettingKey>(
  change: SettingsInput,
  key: K,
  value: Settings[K],
  run: Settings,
): SettingsInput {
  const { [key]: _, ...others } = change as { [key: string]: unknown };
  if (formatSetting(key, value) === formatSetting(key, run[key])) return others as SettingsInput;
  return { ...others, [key]: value } as SettingsInput;
}

/** The whole recipe as settings of a form: what can be scored again, as the trial has it. */
export function recipeOf(run: Settings, change: SettingsInput): Partial<Settings> {
  const all = { ...run, ...change } as Settings;
  return Object.fromEntries(RESCORABLE.map((key) => [key, all[key]])) as Partial<Settings>;
}

/**
 * `same`: a response that won still does. `other`: another response wins. `gains`: one wins where all were equal.
 * `loses`: all are equal where one had won. `none`: nobody wins, before and after.
 */
export type Outcome = 'same' | 'other' | 'gains' | 'loses' | 'none';

export type GroupMove = {
  group: number;
  before: readonly number[];
  after: readonly number[];
  outcome: Outcome;
  /** The advantage that moves most; null where they cannot be made again. */
  largest: { sample: number; from: number; to: number } | null;
};

export function groupMove({ group, before, after }: RescoredGroup): GroupMove {
  const [was, is] = [winnersOf(before.totals), winnersOf(after.totals)];
  return { group, before: was, after: is, outcome: outcomeOf(was, is), largest: largestMove(before, after) };
}

function outcomeOf(was: readonly number[], is: readonly number[]): Outcome {
  if (was.length === 0) return is.length === 0 ? 'none' : 'gains';
  if (is.length === 0) return 'loses';
  return is.some((i) => was.includes(i)) ? 'same' : 'other';
}

function largestMove(before: GroupScores, after: GroupScores): GroupMove['largest'] {
  if (!before.advantages || !after.advantages) return null;
  let largest: GroupMove['largest'] = null;
  for (const [sample, from] of before.advantages.entries()) {
    const to = after.advantages[sample] ?? from;
    if (!largest || Math.abs(to - from) > Math.abs(largest.to - largest.from)) largest = { sample, from, to };
  }
  return largest;
}

export type TrialSummary = {
  groups: number;
  counts: { readonly [outcome in Outcome]: number };
  /** Mean of |new advantage - old| over all samples; null where they cannot be made again. */
  meanMove: number | null;
};

export function trialSummary(groups: readonly RescoredGroup[]): TrialSummary {
  const counts = { same: 0, other: 0, gains: 0, loses: 0, none: 0 };
  for (const group of groups) counts[groupMove(group).outcome] += 1;
  const known = groups.every(({ before, after }) => before.advantages && after.advantages);
  const moves = groups.flatMap(({ before, after }) =>
    (before.advantages ?? []).map((from, i) => Math.abs((after.advantages?.[i] ?? from) - from)),
  );
  return { groups: groups.length, counts, meanMove: known && groups.length > 0 ? mean(moves) : null };
}

/** The summary as one or two sentences, without the advantages. */
export function summaryWords({ groups, counts }: TrialSummary): string {
  const parts = [`In ${counts.other} of ${groups} groups another response would win`];
  if (counts.gains > 0) parts.push(`in ${counts.gains} one would win where all were equal`);
  if (counts.loses > 0) parts.push(`in ${counts.loses} none would win any more`);
  return `${parts.join('; ')}.`;
}
