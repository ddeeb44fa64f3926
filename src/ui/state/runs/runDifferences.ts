// What differs between runs, written out: settings, newest metrics, evaluation scores with their differences.

import { findSetting, formatSetting, isSettingKey, SETTING_KEYS } from '../../../config/index.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import type { LatestMetrics } from '../../../storage/curves.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { isClockMetric } from '../../../terms/metrics/clock.ts';
import { changeOf, type Difference } from '../../../terms/scores.ts';
import { type ScoreRow, scoreRows } from '../scores/evaluationTable.ts';

export type SettingDifference = {
  key: string;
  label: string;
  /** One per run; null where the run's record has no such setting (it is older than the setting). */
  texts: readonly (string | null)[];
};

/** Settings that are not the same in all runs: those of the table in its order, then ones that only old runs have. */
export function differingSettings(runs: readonly Pick<RunRecord, 'settings'>[]): SettingDifference[] {
  const unknown = new Set(
    runs.flatMap(({ settings }) => Object.keys(settings)).filter((key) => !isSettingKey(key)),
  );
  const rows = [...SETTING_KEYS, ...[...unknown].sort()].map((key) => ({
    key,
    label: findSetting(key)?.label ?? key,
    texts: runs.map(({ settings }) => settingText(settings, key)),
  }));
  return rows.filter(({ texts }) => texts.some((text) => text !== texts[0]));
}

function settingText(settings: RunRecord['settings'], key: string): string | null {
  const value = settings[key];
  if (value === undefined) return null;
  if (!isSettingKey(key)) return JSON.stringify(value);
  try {
    return formatSetting(key, value as never);
  } catch {
    // A value of another kind, from a version that wrote it otherwise.
    return JSON.stringify(value);
  }
}

export type ComparedScore = ScoreRow & {
  /** Each run's score minus the reference's; null for the reference itself and where either has none. */
  differences: readonly (Difference | null)[];
};

/** The scores of several runs, one evaluation of each. */
export function comparedScores(
  evaluations: readonly (Pick<EvaluationEvent, 'scores'> | null)[],
  reference: number,
): ComparedScore[] {
  return scoreRows(evaluations).map((row) => {
    const base = evaluations[reference]?.scores ?? [];
    const differences = evaluations.map((each, index) =>
      index === reference ? null : changeOf(base, each?.scores ?? [], row),
    );
    return { ...row, differences };
  });
}

/** Stages after which every run was evaluated, in the order of the first run; these can be compared like with like. */
export function commonStages(evaluations: readonly (readonly Pick<EvaluationEvent, 'stage'>[])[]): string[] {
  const [first = [], ...others] = evaluations;
  const stages = [...new Set(first.map(({ stage }) => stage))];
  return stages.filter((stage) => others.every((list) => list.some((each) => each.stage === stage)));
}

export type ComparedMetric = {
  metric: string;
  /** One per run; null where the run has none. */
  values: readonly ({ readonly value: number; readonly step: number } | null)[];
};

/** Newest values of every metric that at least one run has; those measured by a clock come last. */
export function comparedMetrics(latest: readonly LatestMetrics[]): ComparedMetric[] {
  const names = [...new Set(latest.flatMap((each) => Object.keys(each)))];
  names.sort((a, b) => Number(isClockMetric(a)) - Number(isClockMetric(b)) || a.localeCompare(b, 'en'));
  return names.map((metric) => ({ metric, values: latest.map((each) => each[metric] ?? null) }));
}
