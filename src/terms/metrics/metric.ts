// What a metric, its chart and its group are, and the units that give a metric its range.

import type { STAGE_TABLE, Stage } from '../stages.ts';

/** What a curve is compared with: `chance` (guessing), `start` (the policy before RL), `best` (the oracle's own answers). */
export type ReferenceKind = 'chance' | 'start' | 'best';

/** Lowest and highest value that the metric can take; null where there is no bound. */
export type Range = readonly [number | null, number | null];

const NOT_NEGATIVE: Range = [0, null];

/** The range of every metric of a unit. `score` is a reward term before its weight, `reward` a weighted sum of terms. */
export const UNITS = {
  share: [0, 1],
  score: [0, 1],
  reward: [null, null],
  nats: NOT_NEGATIVE,
  tokens: NOT_NEGATIVE,
  groups: NOT_NEGATIVE,
  updates: NOT_NEGATIVE,
  'tokens/s': NOT_NEGATIVE,
  ms: NOT_NEGATIVE,
  /** A plain number of either sign. */
  number: [null, null],
  /** A plain number of at least 0. */
  size: NOT_NEGATIVE,
} as const satisfies { readonly [unit: string]: Range };

export type Unit = keyof typeof UNITS;

type StageKind = (typeof STAGE_TABLE)[Stage]['kind'];

/** A row of the table; its key is the name under which it is stored. */
export type MetricRow = {
  /** In the legend of its chart, beside the other metrics there. */
  title: string;
  /** One sentence: what the number is, and how it is normalised. */
  about: string;
  unit: Unit;
  /** Where it is narrower than that of the unit. */
  range?: Range;
  /** The direction that is an improvement; absent where neither is. */
  better?: 'higher' | 'lower';
  references?: readonly ReferenceKind[];
  /** Kinds of stages that measure it; RL alone where absent. */
  stages?: readonly StageKind[];
  /** TRL where name and formula are TRL's; the name of the same number in verl. */
  source?: string;
};

/** `heading`: its title where it stands alone, `Policy drift: exact`. */
export type Metric = MetricRow & { name: string; heading: string };

export type Chart<Lines> = {
  title: string;
  /** One sentence: what to look for. */
  hint: string;
  lines: Lines;
  /** Ends of the y axis; those of the data where absent. */
  axis?: readonly [number, number];
};

export type Group<Charts> = {
  title: string;
  about: string;
  /** Unfolded until the user folds it. */
  open?: boolean;
  charts: Charts;
};

/** Metrics by name, charts and groups by id, in the order in which they are shown. */
export type MetricRows = { readonly [name: string]: MetricRow };
type ChartRows = { readonly [chart: string]: Chart<MetricRows> };
export type GroupRows = { readonly [group: string]: Group<ChartRows> };

export function chart(
  title: string,
  hint: string,
  lines: MetricRows,
  axis?: Chart<MetricRows>['axis'],
): Chart<MetricRows> {
  return { title, hint, lines, ...(axis && { axis }) };
}

export function group(title: string, about: string, charts: ChartRows): Group<ChartRows> {
  return { title, about, charts };
}

export function openGroup(title: string, about: string, charts: ChartRows): Group<ChartRows> {
  return { title, about, charts, open: true };
}

const rowOf =
  (unit: Unit) =>
  (title: string, about: string, more: Omit<MetricRow, 'title' | 'about' | 'unit'> = {}): MetricRow => ({
    title,
    about,
    unit,
    ...more,
  });

// A row of each unit: `share('well formed', 'Share of responses that …', { better: 'higher' })`.
export const share = rowOf('share');
export const score = rowOf('score');
export const reward = rowOf('reward');
export const nats = rowOf('nats');
export const tokens = rowOf('tokens');
export const groups = rowOf('groups');
export const updates = rowOf('updates');
export const tokensPerSecond = rowOf('tokens/s');
export const milliseconds = rowOf('ms');
export const number = rowOf('number');
export const size = rowOf('size');
