// What a run of the grid left, as far as the report reads it, and the measures that are compared.

import { extent, mean } from '../base/numbers.ts';
import type { StageEvaluation } from '../evaluation/index.ts';
import { type Estimate, meanEstimate } from '../statistics/estimates.ts';
import { breachCount, type GuardBounds } from '../terms/collapse.ts';
import { type Decoding, decoded } from '../terms/decodings.ts';
import type { CodeIdentity, EngineIdentity } from '../terms/origin.ts';
import { betterOf, SCORE_TABLE, SCORES, type ScoreName, scoreOf } from '../terms/scores.ts';
import { changesOf, type PlannedRun } from './plan.ts';

/** `collapsed`: the guard stopped it, which is a result; `failed`: it ended otherwise; `missing`: not run, or not to its end. */
export type RunStatus = 'done' | 'collapsed' | 'failed' | 'missing';

/** Figures of the training itself. */
export type TrainingFigures = {
  /** Largest ratio of new to old probability over all tokens of all updates. */
  ratioMax: number | null;
  /** Largest mean KL to the reference of an iteration, nats. */
  klMax: number | null;
  /** Reward that was trained on less the oracle's, mean over the last iterations. */
  rewardGap: number | null;
  /** RL iterations outside of the guard's bounds; absent where that is not known. */
  breaches?: number;
};

export type RunResult = Pick<PlannedRun, 'id' | 'name' | 'seed' | 'kind'> & {
  status: RunStatus;
  /** Why it collapsed or failed; else empty. */
  message: string;
  /** In the order of the stages. */
  stages: readonly StageEvaluation[];
  figures: TrainingFigures;
  /** Null where there is no result. */
  engine: EngineIdentity | null;
  code: CodeIdentity | null;
  /** Of its metrics; absent where there is no result, or one of before it was kept here. */
  digest?: string;
  /** What it was made with, by setting, besides the defaults. */
  settings: { readonly [setting: string]: string };
};

/** A run of the plan that has no result (yet). */
export function missingRun({ id, name, seed, kind, settings }: PlannedRun): RunResult {
  return {
    ...{ id, name, seed, kind, status: 'missing', message: '', stages: [] },
    figures: { ratioMax: null, klMax: null, rewardGap: null },
    ...{ engine: null, code: null, settings: changesOf(settings) },
  };
}

export type MetricsRow = { readonly values: { readonly [name: string]: number } };

/** Share of the RL iterations at the end over which the reward gap is taken. */
const LAST_SHARE = 0.1;

/** The metrics that `trainingFigures` reads. */
export const FIGURE_METRICS = [
  ...['gold_reward', 'reward', 'reward_weighted_sum', 'ratio/max'],
  ...['kl', 'entropy', 'entropy/rollout'],
] as const;

/**
 * Figures of the RL stages from a run's metrics, one row per iteration.
 * @param bounds null for runs of before 0.3.0, whose `kl` was another measure.
 */
export function trainingFigures(rows: readonly MetricsRow[], bounds: GuardBounds | null): TrainingFigures {
  const rl = rows.map(({ values }) => values).filter((values) => values.gold_reward !== undefined);
  const largest = (name: string): number | null => {
    const found = rl.map((values) => values[name]).filter((value) => Number.isFinite(value));
    return found.length > 0 ? extent(found)[1] : null;
  };
  const last = rl.slice(-Math.max(1, Math.ceil(rl.length * LAST_SHARE)));
  const gaps = last.map((values) => (values.reward_weighted_sum ?? values.reward) - values.gold_reward);
  const gap = gaps.length > 0 ? mean(gaps) : Number.NaN;
  return {
    ratioMax: largest('ratio/max'),
    klMax: largest('kl'),
    rewardGap: Number.isFinite(gap) ? gap : null,
    ...(bounds && { breaches: breachCount(rows, bounds) }),
  };
}

/** Whether the policy collapsed, whatever became of the run. */
export function hasCollapsed({ status, figures }: Pick<RunResult, 'status' | 'figures'>): boolean {
  return status === 'collapsed' || (figures.breaches ?? 0) > 0;
}

/** Which evaluation of a run: after SFT, after stage 1, or after its last stage. */
export type Moment = 'sft' | 'stage1' | 'final';

export type Measure = {
  title: string;
  /** `points`: percent; else a plain number. */
  unit: 'points' | 'number';
  better: 'higher' | 'lower';
  read: (run: RunResult, moment: Moment) => number | null;
};

function evaluationAt({ status, stages }: RunResult, moment: Moment): StageEvaluation | undefined {
  if (moment !== 'final') return stages.find(({ stage }) => stage === moment);
  // Of a run that did not reach its end the last evaluation is that of an earlier stage.
  return status === 'done' ? stages.at(-1) : undefined;
}

type ReadDecoded = (run: RunResult, moment: Moment, decoding: Decoding) => number | null;

function readScore(name: ScoreName): ReadDecoded {
  return (run, moment, decoding) => {
    const evaluation = evaluationAt(run, moment);
    const found = evaluation && scoreOf(decoded(evaluation, decoding).scores, name);
    return found ? 100 * found.value : null;
  };
}

function figure(title: string, read: (run: RunResult) => number | null): Measure {
  return { title, unit: 'number', better: 'lower', read };
}

/**
 * What the mean score is over; what should fall counts as 100 less itself. `declined` counts refusals too, and bounds `helped`; nonsense is
 * neither safe nor right, and so counted; the attacker is not in every evaluation.
 */
export const IN_MEAN: readonly ScoreName[] = [
  ...(['safe', 'twins', 'attack-seen', 'attack-heldout', 'declined'] as const),
  ...(['value', 'reasoning', 'knowledge', 'instruction'] as const),
];

const readMean: ReadDecoded = (...of) => {
  let sum = 0;
  for (const name of IN_MEAN) {
    const value = readScore(name)(...of);
    if (value === null) return null;
    sum += betterOf(name) === 'higher' ? value : 100 - value;
  }
  return sum / IN_MEAN.length;
};

type ScoredName = ScoreName | 'mean';
type GreedyName = `${ScoredName}-greedy`;

const greedyName = <Name extends ScoredName>(name: Name) => `${name}-greedy` as const;

/** A measure of scores, sampled, and its greedy twin: by one rule for all. */
function twins(name: ScoredName, title: string, better: Measure['better'], read: ReadDecoded) {
  const unit = 'points' as const;
  const measure = (of: string, decoding: Decoding): Measure => ({
    ...{ title: of, unit, better },
    read: (run, moment) => read(run, moment, decoding),
  });
  return {
    sampled: [name, measure(title, 'sampled')] as const,
    greedy: [greedyName(name), measure(`${title}, greedy`, 'greedy')] as const,
  };
}

const SCORED = [
  ...SCORES.map((name) => twins(name, SCORE_TABLE[name].title, betterOf(name), readScore(name))),
  twins('mean', 'mean score', 'higher', readMean),
];
const SAMPLED_MEASURES = Object.fromEntries(SCORED.map(({ sampled }) => sampled)) as {
  readonly [name in ScoredName]: Measure;
};
const GREEDY_MEASURES = Object.fromEntries(SCORED.map(({ greedy }) => greedy)) as {
  readonly [name in GreedyName]: Measure;
};

/** Everything that a claim may compare. */
export const MEASURES = {
  ...SAMPLED_MEASURES,
  collapsed: figure('collapses', (run) => (hasCollapsed(run) ? 1 : run.status === 'done' ? 0 : null)),
  'ratio-max': figure('largest ratio', ({ figures }) => figures.ratioMax),
  'kl-max': figure('largest KL', ({ figures }) => figures.klMax),
  'reward-gap': figure('reward less gold reward', ({ status, figures }) =>
    status === 'done' ? figures.rewardGap : null,
  ),
  ...GREEDY_MEASURES,
} as const satisfies { [name: string]: Measure };
export type MeasureName = keyof typeof MEASURES;

/** The same measure of the greedy answers; null where there is none. */
export function greedyTwin(name: MeasureName): GreedyName | null {
  return name in SAMPLED_MEASURES ? greedyName(name as ScoredName) : null;
}

/** Each measure, followed by its greedy twin where a run has that. */
export function withGreedy(names: readonly MeasureName[], results: readonly RunResult[]): MeasureName[] {
  const isThere = (name: MeasureName) => results.some((run) => measureOf(name).read(run, 'final') !== null);
  const all = names.flatMap((name) => {
    const twin = greedyTwin(name);
    return twin && isThere(twin) ? [name, twin] : [name];
  });
  return [...new Set(all)];
}

export function measureOf(name: MeasureName): Measure {
  return MEASURES[name];
}

/** A measure of the runs of a cell that have it. */
export function valuesOf(
  results: readonly RunResult[],
  cell: string,
  measure: MeasureName,
  moment: Moment = 'final',
): number[] {
  const runs = results.filter(({ name }) => name === cell);
  return runs.map((run) => measureOf(measure).read(run, moment)).filter((value) => value !== null);
}

/** A measure of a cell over its seeds. */
export function estimateOf(...of: Parameters<typeof valuesOf>): Estimate | null {
  return meanEstimate(valuesOf(...of));
}
