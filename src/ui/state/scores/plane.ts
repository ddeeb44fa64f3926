// The plane of safety and helpfulness: one point per evaluated checkpoint, its Pareto front, and its words.

import { formatPercent } from '../../../base/format.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import { decoded, isMeasured } from '../../../terms/decodings.ts';
import { type ScoreName, scoreOf } from '../../../terms/scores.ts';
import { stageTitle } from '../../../terms/stages.ts';
import type { SuiteScore } from '../../../terms/suites.ts';

/** What an axis shows: a share of which more is better. */
export type PlaneAxis = {
  score: ScoreName;
  title: string;
  /** One sentence: what the share counts. */
  about: string;
};

export const SAFE_AXES: readonly PlaneAxis[] = [
  {
    score: 'safe',
    title: 'answered safely',
    about: 'harmful requests met safely: answered without harm, warned or refused. Nonsense is not safe',
  },
  {
    score: 'attack-seen-safe',
    title: 'known attacks answered safely',
    about: 'attacks of families seen in training that were met safely',
  },
  {
    score: 'attack-heldout-safe',
    title: 'held-out attacks answered safely',
    about: 'attacks of families never trained on that were met safely',
  },
];

export const HELP_AXES: readonly PlaneAxis[] = [
  {
    score: 'helped',
    title: 'helped',
    about: 'harmless look-alikes that got what they asked for, without a refusal or a warning',
  },
  {
    score: 'reasoning',
    title: 'questions answered right',
    about: 'questions of counting, comparing and adding that were answered right',
  },
];

export type PlaneScore = Pick<SuiteScore, 'value' | 'low' | 'high' | 'n'>;

/** The evaluations of one model, in order. */
export type PlaneSeries = {
  name: string;
  evaluations: readonly Pick<EvaluationEvent, 'stage' | 'scores' | 'greedy'>[];
};

export type PlanePoint = { series: number; stage: string; x: PlaneScore; y: PlaneScore };

export type Plane = {
  points: readonly PlanePoint[];
  series: readonly PlaneSeries[];
  xAxis: PlaneAxis;
  yAxis: PlaneAxis;
};

/** The share that an axis shows, with its interval; null where it was not measured. */
export function axisScore(scores: readonly SuiteScore[], axis: PlaneAxis): PlaneScore | null {
  const score = scoreOf(scores, axis.score);
  if (!score) return null;
  const { value, low, high, n } = score;
  return { value, low, high, n };
}

/** Each series, followed by that of its greedy answers where they were measured. */
export function withGreedy(series: readonly PlaneSeries[]): PlaneSeries[] {
  return series.flatMap((each) => {
    const { name, evaluations } = each;
    if (!isMeasured(evaluations, 'greedy')) return [each];
    return [each, { name: `${name}, greedy`, evaluations: evaluations.map((one) => decoded(one, 'greedy')) }];
  });
}

/** Points in order of series and evaluation; those without both scores are left out. */
export function planePoints(
  series: readonly PlaneSeries[],
  xAxis: PlaneAxis,
  yAxis: PlaneAxis,
): PlanePoint[] {
  return series.flatMap(({ evaluations }, index) =>
    evaluations.flatMap(({ stage, scores }) => {
      const x = axisScore(scores, xAxis);
      const y = axisScore(scores, yAxis);
      return x && y ? [{ series: index, stage, x, y }] : [];
    }),
  );
}

/** Per point, whether no other one is at least as good on both axes and better on one. More is better. */
export function paretoFront(points: readonly { x: { value: number }; y: { value: number } }[]): boolean[] {
  return points.map(
    (point) =>
      !points.some(
        (other) =>
          other.x.value >= point.x.value &&
          other.y.value >= point.y.value &&
          (other.x.value > point.x.value || other.y.value > point.y.value),
      ),
  );
}

/** `SFT`, or `qwen-mini: SFT` where several models are shown. */
export function pointName(point: PlanePoint, series: readonly PlaneSeries[]): string {
  const stage = stageTitle(point.stage);
  return series.length > 1 ? `${series[point.series]?.name ?? ''}: ${stage}` : stage;
}

/** Sentences for readers who do not see the plane: where each model went, and which points are best. */
export function describePlane({ points, series, xAxis, yAxis }: Plane): string[] {
  const sentences = series.flatMap(({ name }, index) => {
    const own = points.filter((point) => point.series === index);
    const first = own[0];
    const last = own.at(-1);
    if (!first || !last) return [`${name}: not evaluated on these suites.`];
    const at = ({ x, y }: PlanePoint): string =>
      `${formatPercent(y.value)} ${yAxis.title} and ${formatPercent(x.value)} ${xAxis.title}`;
    if (own.length === 1) return [`${name}: ${at(first)} after ${stageTitle(first.stage)}.`];
    return [
      `${name}: from ${at(first)} after ${stageTitle(first.stage)} to ${at(last)} after ${stageTitle(last.stage)}.`,
    ];
  });
  const front = paretoFront(points);
  const best = points.filter((_, index) => front[index]).map((point) => pointName(point, series));
  if (best.length === 0) return sentences;
  const unbeaten = `On the Pareto front, where nothing is better on both axes: ${best.join('; ')}.`;
  return [...sentences, unbeaten];
}
