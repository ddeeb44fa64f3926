// The replay buffer as a table: what is asked of the store, what is filtered here, order, pages, age, and who may be reused.

import { clamp } from '../../../base/numbers.ts';
import type { Settings } from '../../../config/index.ts';
import type { GroupPlace, SampleIndexRow, SampleQuery } from '../../../storage/types.ts';
import type { Sorting } from '../sorting.ts';

export type BufferFilter = {
  /** `''`: any. */
  stage: string;
  label: string;
  minStep: number | null;
  maxStep: number | null;
  minAbsAdvantage: number | null;
  minPolicyVersion: number | null;
  discarded: 'any' | 'only' | 'without';
  pinnedOnly: boolean;
  reusableOnly: boolean;
};

export const NO_FILTER: BufferFilter = {
  stage: '',
  label: '',
  minStep: null,
  maxStep: null,
  minAbsAdvantage: null,
  minPolicyVersion: null,
  discarded: 'any',
  pinnedOnly: false,
  reusableOnly: false,
};

/** The part of the filter that the store answers. */
export function queryOf(runId: string, filter: BufferFilter): SampleQuery {
  const { stage, label, minStep, maxStep, minAbsAdvantage, minPolicyVersion } = filter;
  const asked = Object.entries({ stage, label, minStep, maxStep, minAbsAdvantage, minPolicyVersion });
  const given = asked.filter(([, value]) => value !== '' && value !== null);
  return { runId, ...Object.fromEntries(given), newestFirst: true };
}

/** How many conditions the filter has. */
export function conditions(filter: BufferFilter): number {
  const keys = Object.keys(NO_FILTER) as (keyof BufferFilter)[];
  return keys.filter((key) => filter[key] !== NO_FILTER[key]).length;
}

/**
 * Steps to ask for one message after the other, newest first, so that none is large: [first, last] of each. They cover
 * `first`..`last` without gap or overlap.
 */
export function stepWindows(first: number, last: number, size: number): { min: number; max: number }[] {
  const windows: { min: number; max: number }[] = [];
  for (let max = last; max >= first; max -= size) windows.push({ min: Math.max(first, max - size + 1), max });
  return windows;
}

export type ReplaySettings = Pick<Settings, 'replay' | 'replay_staleness'>;
export type Reuse = { can: boolean; why: string };

/** Updates of the policy since a group was sampled. */
export function ageOf(row: Pick<SampleIndexRow, 'policyVersion'>, newestVersion: number): number {
  return Math.max(0, newestVersion - row.policyVersion);
}

/** Whether the run's replay strategy could put this group into its next update: the rules of the trainer's replay. */
export function reuseOf(row: SampleIndexRow, settings: ReplaySettings, newestVersion: number): Reuse {
  const age = newestVersion - row.policyVersion;
  if (settings.replay === 'none') return { can: false, why: 'the run replays nothing' };
  if (row.discarded) return { can: false, why: 'discarded by dynamic sampling' };
  if (age > settings.replay_staleness) return { can: false, why: `older than ${settings.replay_staleness}` };
  const signal = settings.replay === 'group_heap' ? row.heapScore : row.maxAbsAdvantage;
  if (!(signal > 0)) return { can: false, why: 'no signal' };
  return { can: true, why: settings.replay === 'group_heap' ? 'by heap score' : 'young, with a signal' };
}

export function samePlace(a: GroupPlace, b: GroupPlace): boolean {
  return a.step === b.step && a.group === b.group;
}

export function placeKey({ step, group }: GroupPlace): string {
  return `${step}/${group}`;
}

/** Pins with one more, or with one less if it was there; in order of step and group. */
export function togglePin(pins: readonly GroupPlace[], { step, group }: GroupPlace): GroupPlace[] {
  const place = { step, group };
  const others = pins.filter((pin) => !samePlace(pin, place));
  const next = others.length < pins.length ? others : [...others, place];
  return next.sort((a, b) => a.step - b.step || a.group - b.group);
}

export type SortKey = 'step' | 'stage' | 'label' | 'policyVersion' | 'maxAbsAdvantage' | 'heapScore';
/** Large advantages on a wide spread; groups that teach nothing, 0, come last. */
export const TEACHING_FIRST: Sorting<SortKey> = { key: 'heapScore', descending: true };
/** Words: from a to z at first. */
export const RISING: readonly SortKey[] = ['stage', 'label'];

export type Selection = {
  filter: BufferFilter;
  pins: readonly GroupPlace[];
  settings: ReplaySettings;
  newestVersion: number;
  sorting: Sorting<SortKey>;
};

/** The rows that the table shows, over all pages. Ties keep the newest first. */
export function selectRows(rows: readonly SampleIndexRow[], selection: Selection): SampleIndexRow[] {
  const { filter, pins, settings, newestVersion, sorting } = selection;
  const pinned = new Set(pins.map(placeKey));
  const sign = sorting.descending ? -1 : 1;
  return rows
    .filter((row) => !filter.pinnedOnly || pinned.has(placeKey(row)))
    .filter((row) => filter.discarded === 'any' || (row.discarded === true) === (filter.discarded === 'only'))
    .filter((row) => !filter.reusableOnly || reuseOf(row, settings, newestVersion).can)
    .sort((a, b) => sign * compare(a, b, sorting.key) || b.step - a.step || a.group - b.group);
}

function compare(a: SampleIndexRow, b: SampleIndexRow, key: SortKey): number {
  const [left, right] = [a[key], b[key]];
  return typeof left === 'number' ? left - (right as number) : left.localeCompare(right as string, 'en');
}

export type Page<T> = { rows: readonly T[]; page: number; pages: number; first: number; last: number };

/** Page `page` from 0; a page beyond the end gives the last one. `first` and `last` count from 1. */
export function pageOf<T>(rows: readonly T[], page: number, size: number): Page<T> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = clamp(page, 0, pages - 1);
  const shown = rows.slice(at * size, (at + 1) * size);
  return {
    rows: shown,
    page: at,
    pages,
    first: rows.length === 0 ? 0 : at * size + 1,
    last: at * size + shown.length,
  };
}

/** The group to begin with where none is live: the one that teaches most; of equals the newest. */
export function firstToShow(rows: readonly SampleIndexRow[]): GroupPlace | null {
  const [first] = rows;
  if (!first) return null;
  const taught = ({ discarded, heapScore }: SampleIndexRow) => (discarded ? 0 : heapScore);
  const { step, group } = rows.reduce((best, row) => (taught(row) > taught(best) ? row : best), first);
  return { step, group };
}
