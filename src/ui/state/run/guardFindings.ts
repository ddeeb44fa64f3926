// What the guard of a run has seen, in words: why it stopped the run, or that it is about to.

import type { WireError } from '../../../base/errors.ts';
import { formatNumber, formatWord } from '../../../base/format.ts';
import type { Settings } from '../../../config/index.ts';
import { findSetting } from '../../../config/index.ts';
import { type Breach, breachOf, WATCHED } from '../../../terms/collapse.ts';
import { METRICS } from '../../../terms/metrics/index.ts';
import { isRlStage, stageTitle } from '../../../terms/stages.ts';
import type { MetricTable } from '../charts/metricTable.ts';
import { type GapReading, readGaps } from './gap.ts';
import type { RunState } from './runState.ts';

export type GuardFinding = {
  /** `stopped`: the run has ended of it; `warned`: it will, if it goes on; `noticed`: nothing ends of it; `expected`: its preset is made for it. */
  kind: 'stopped' | 'warned' | 'noticed' | 'expected';
  stage: string;
  title: string;
  /** What was seen, where, with value and limit. */
  sentence: string;
  /** What that means; empty where the sentence says it. */
  meaning: string;
};

type Watched = Breach['metric'];
export type GuardSettings = Pick<Settings, 'guard_max_kl' | 'guard_min_entropy' | 'guard_patience'>;

/** What leaving a bound means. */
const MEANINGS = {
  kl: {
    title: 'The policy has run away',
    meaning:
      'The policy is so far from where the stage began that the reward heads judge answers unlike any they learnt from.',
  },
  entropy: {
    title: 'The policy has collapsed',
    meaning: 'The policy always gives the same response: it tries nothing new, so it learns nothing.',
  },
} as const satisfies { [metric in Watched]: { title: string; meaning: string } };

const NO_NUMBER =
  'A step was so large that the arithmetic overflowed. Every weight is lost, so the run cannot go on.';

export function guardFindings(
  { phase, error, metrics }: Pick<RunState, 'phase' | 'error' | 'metrics'>,
  settings: GuardSettings,
): GuardFinding[] {
  const stopped =
    phase === 'failed' && error?.code === 'diverged' ? stopFinding(error, metrics, settings) : null;
  const warned = phase === 'running' || phase === 'paused' ? strikeFinding(metrics, settings) : null;
  const gaps = readGaps(metrics).filter(({ stage, alarming }) => alarming && stage === metrics.stages.at(-1));
  return [stopped, warned, ...gaps.map(gapFinding)].filter((finding) => finding !== null);
}

function stopFinding(
  { details, message }: WireError,
  metrics: MetricTable,
  settings: GuardSettings,
): GuardFinding {
  const { metric, value } = details;
  const stage = String(details.stage ?? '');
  const iteration = Number(details.iteration ?? 0);
  const place = `Iteration ${iteration} of ${stageTitle(stage)} (step ${stepOf(metrics, stage, iteration)})`;
  if (isWatched(metric) && typeof value === 'number' && Number.isFinite(value)) {
    const { title, meaning } = MEANINGS[metric];
    const { guard_patience: patience } = settings;
    const times = patience > 1 ? `, the ${ordinal(patience)} time in a row` : '';
    const sentence = `${place}: ${comparison(metric, value, settings)}${times}.`;
    return { kind: 'stopped', stage, title, sentence, meaning };
  }
  const title = 'The numbers broke down';
  const sentence = typeof metric === 'string' ? `${place}: the ${titleOf(metric)} was no number.` : message;
  return { kind: 'stopped', stage, title, sentence, meaning: NO_NUMBER };
}

/** The iterations in a row, up to now, that count as collapse. */
function strikeFinding(metrics: MetricTable, settings: GuardSettings): GuardFinding | null {
  const stage = metrics.stages.at(-1);
  if (stage === undefined || !isRlStage(stage)) return null;
  const names = ['kl', 'entropy', 'entropy/rollout'];
  const { steps, columns } = metrics.select(names, (each) => each === stage);
  const seenAt = (row: number) =>
    breachOf(Object.fromEntries(names.map((name, i) => [name, columns[i][row]])), settings);
  const seen = seenAt(steps.length - 1);
  if (!seen) return null;
  let strikes = 1;
  while (strikes < steps.length && seenAt(steps.length - 1 - strikes)) strikes++;
  const { guard_patience: patience } = settings;
  return {
    kind: 'warned',
    stage,
    title: 'The run has left the bounds of the guard',
    sentence: `Step ${steps.at(-1)} in ${stageTitle(stage)}: ${comparison(seen.metric, seen.value, settings)}. This is number ${strikes} of the ${patience} in a row that end the run.`,
    meaning: MEANINGS[seen.metric].meaning,
  };
}

function gapFinding({ stage, sentence }: GapReading): GuardFinding {
  return {
    kind: 'noticed',
    stage,
    title: 'The reward runs ahead of the oracle',
    sentence,
    meaning:
      'The policy finds where the reward heads are wrong. Nothing stops the run for this; the change is larger than chance explains.',
  };
}

/** `the KL to the reference was 31, above the limit of 20 (“Largest divergence”)`. */
function comparison(metric: Watched, value: number, settings: GuardSettings): string {
  const { bound, side } = WATCHED[metric];
  const label = findSetting(bound)?.label ?? bound;
  return `the ${titleOf(metric)} was ${formatNumber(value)}, ${side} the limit of ${formatNumber(settings[bound])} (“${label}”)`;
}

function titleOf(metric: string): string {
  return METRICS.get(metric)?.title ?? formatWord(metric);
}

function isWatched(metric: unknown): metric is Watched {
  return typeof metric === 'string' && Object.hasOwn(WATCHED, metric);
}

/** The step of an iteration that may have no row, for the guard speaks before it is stored. */
function stepOf(metrics: MetricTable, stage: string, iteration: number): number {
  const first = metrics.spans().find((span) => span.stage === stage)?.firstStep;
  return first === undefined ? (metrics.steps.at(-1) ?? 0) + 1 : first + iteration - 1;
}

function ordinal(count: number): string {
  const tail = count % 100;
  const ending = tail > 10 && tail < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
