// What a run says to a lesson: its figures, read from tests, metrics and samples, and whether the lesson's claim holds for them.

import { mean } from '../base/numbers.ts';
import type { GroupRequest, ModelRef, StoredGroup } from '../protocol/inspector.ts';
import { type ScoreName, scoreOf } from '../terms/scores.ts';
import type { StageEvaluation } from '../terms/suites.ts';
import type { Bound, FigureSource, Lesson } from './lesson.ts';

/** Where a run is read from: the store and the inspector of a page, or of a test. */
export type RunSource = {
  /** In order of step. */
  evaluations(runId: string): Promise<readonly StageEvaluation[]>;
  metrics(runId: string): Promise<readonly { readonly values: { readonly [name: string]: number } }[]>;
  /** The first step of the run with stored samples, and how many groups it has; null where there is none. */
  firstBatch(runId: string): Promise<{ step: number; groups: number } | null>;
  /** The policy at the end of the run. */
  end(runId: string): Promise<ModelRef>;
  group(request: GroupRequest): Promise<StoredGroup>;
};

/** In percent; `low` and `high` where an interval is known. */
export type Measured = { value: number; low?: number; high?: number };

/** Share of the RL iterations at the end over which a metric is averaged. */
const LAST_SHARE = 1 / 4;

/** Null where the run does not hold the figure. `runId`: of the figure's run. */
export async function measure(
  source: FigureSource,
  from: RunSource,
  runId: string,
): Promise<Measured | null> {
  if ('test' in source) return await ofTest(source, from, runId);
  if ('metric' in source) return await ofMetric(source.metric, from, runId);
  return await ofUpdate(source.rises, from, runId);
}

async function ofTest(
  { test, when }: { readonly test: ScoreName; readonly when: 'before' | 'after' },
  from: RunSource,
  runId: string,
): Promise<Measured | null> {
  const evaluations = await from.evaluations(runId);
  const score = scoreOf(evaluations.at(when === 'before' ? 0 : -1)?.scores ?? [], test);
  return score ? { value: 100 * score.value, low: 100 * score.low, high: 100 * score.high } : null;
}

async function ofMetric(metric: string, from: RunSource, runId: string): Promise<Measured | null> {
  const rows = await from.metrics(runId);
  const values = rows.flatMap(({ values: row }) => (Number.isFinite(row[metric]) ? [row[metric]] : []));
  if (values.length === 0) return null;
  return { value: 100 * mean(values.slice(-Math.max(1, Math.round(values.length * LAST_SHARE)))) };
}

async function ofUpdate(rises: 'above' | 'below', from: RunSource, runId: string): Promise<Measured | null> {
  const batch = await from.firstBatch(runId);
  if (!batch) return null;
  const ratioUnder = await from.end(runId);
  let [risen, all] = [0, 0];
  for (let group = 0; group < batch.groups; group++) {
    const { samples } = await from.group({ runId, step: batch.step, group, ratioUnder });
    for (const { advantage, ratios } of samples) {
      if (!ratios || (rises === 'above' ? advantage <= 0 : advantage >= 0)) continue;
      all++;
      if (responseLogRatio(ratios) > 0) risen++;
    }
  }
  return all === 0 ? null : { value: (100 * risen) / all };
}

/** How much likelier the whole response has become, as a logarithm. */
export function responseLogRatio(ratios: readonly number[]): number {
  return ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0);
}

export type Figures = ReadonlyMap<string, Measured>;

/** Whether every bound of the lesson's claim is kept; null where a figure is missing. */
export function claimHolds({ claim }: Pick<Lesson, 'claim'>, figures: Figures): boolean | null {
  const kept = claim.bounds.map((bound) => boundHolds(bound, figures));
  return kept.includes(null) ? null : kept.every((each) => each === true);
}

function boundHolds({ left, is, than, by = 0 }: Bound, figures: Figures): boolean | null {
  const here = figures.get(left)?.value;
  const there = typeof than === 'number' ? than : figures.get(than)?.value;
  if (here === undefined || there === undefined) return null;
  return is === 'above' ? here >= there + by : here <= there - by;
}
