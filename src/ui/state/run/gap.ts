// Goodhart's law in words: what the gap between the reward that is trained on and the oracle's reward does in a stage.

import { extent, mean, variance } from '../../../base/numbers.ts';
import { isRlStage, stageTitle } from '../../../terms/stages.ts';
import type { Column } from '../charts/chartRows.ts';
import type { MetricTable } from '../charts/metricTable.ts';

type Window = { mean: number; variance: number; n: number; firstStep: number; lastStep: number };
/** `steady` where chance explains the change. */
type Trend = 'grew' | 'fell' | 'steady';
/** One iteration: the reward that is trained on, the oracle's, and what the first is above the second. */
type Row = { step: number; trained: number; granted: number; gap: number };
export type GapReading = {
  stage: string;
  /** Null while there are too few iterations. */
  trend: Trend | null;
  /** The policy earns more from the heads than the oracle grants it more. */
  gamed: boolean;
  /** The same by so much that it is worth an alarm, or was so and has not gone back by half. */
  alarming: boolean;
  sentence: string;
};

/** Fewer iterations say nothing yet. */
const FEWEST = 6;
const WINDOW = 10;
/** From as many iterations on an alarm is held. */
const FULL = 3 * WINDOW;
/** Standard errors that a change must exceed. */
const SURE = 2;
/** Changes below this share of the reward are too small to speak of, however sure. */
const TOO_SMALL = 0.005;
/** A change of the gap that is worth an alarm, as a share of the reward; smaller ones come with most runs that learn fast. */
const ALARMING = 0.05;

/** The metric that compares with the gold reward: totals that are normalised in their group have mean 0. */
export function proxyMetric(table: Pick<MetricTable, 'has'>): string {
  return table.has('reward_weighted_sum') ? 'reward_weighted_sum' : 'reward';
}

/** One reading per RL stage, for another stage has another mix of prompts. */
export function readGaps(table: MetricTable): GapReading[] {
  const names = [proxyMetric(table), 'gold_reward'];
  return table.stages.filter(isRlStage).map((stage) => {
    const { steps, columns } = table.select(names, (each) => each === stage);
    const before = (table.spans().find((span) => span.stage === stage)?.firstStep ?? 1) - 1;
    const iterations = steps.map((step) => step - before);
    return readGap(stage, iterations, columns[0] ?? [], columns[1] ?? []);
  });
}

export function readGap(stage: string, steps: readonly number[], proxy: Column, gold: Column): GapReading {
  const rows: Row[] = steps.flatMap((step, row) => {
    const [trained, granted] = [proxy[row] ?? null, gold[row] ?? null];
    return trained === null || granted === null ? [] : [{ step, trained, granted, gap: trained - granted }];
  });
  const title = stageTitle(stage);
  if (rows.length < FEWEST) {
    const sentence = `${title}: ${rows.length} of the ${FEWEST} iterations that it takes to speak of a gap.`;
    return { stage, trend: null, gamed: false, alarming: false, sentence };
  }
  const { gap, trained, granted, gamed, alarming } = readChanges(rows);
  const { first, last, trend } = gap;
  const move =
    trend === 'steady'
      ? `the gap stayed near ${number(last.mean)} (${number(first.mean)} at first)`
      : `the gap ${trend === 'grew' ? 'grew' : last.mean < 0 ? 'fell' : 'shrank'} from ${number(first.mean)} to ${number(last.mean)}`;
  const where = `between iterations ${first.firstStep}–${first.lastStep} and ${last.firstStep}–${last.lastStep}`;
  const meaning = meaningOf(trend, trained, granted, last.mean, gamed);
  return { stage, trend, gamed, alarming, sentence: `${title}: ${move} ${where}: ${meaning}` };
}

/**
 * What has changed up to the newest iteration. An alarm, once given, holds until the change is half of what gave it: else noise
 * near the limit would give it and take it back from one iteration to the next.
 */
function readChanges(rows: readonly Row[]) {
  let scale = Math.max(extent(rows.slice(0, FEWEST - 1).map(({ granted }) => Math.abs(granted)))[1], 1e-9);
  let alarming = false;
  for (let count = FEWEST; ; count++) {
    scale = Math.max(scale, Math.abs(rows[count - 1].granted));
    const gap = changeOf(rows, count, 'gap', scale);
    const growth = (gap.last.mean - gap.first.mean) / scale;
    const newest = count === rows.length;
    if (!newest && !alarming && growth <= ALARMING) continue;
    const trained = changeOf(rows, count, 'trained', scale).trend;
    const granted = changeOf(rows, count, 'granted', scale).trend;
    // Heads that began by granting less than the oracle may still do so.
    const games = (trend: Trend) =>
      trend === 'grew' && (gap.last.mean > 0 || (trained === 'grew' && granted !== 'grew'));
    const given = games(gap.trend) && growth > ALARMING;
    // Means of few iterations give alarms that are gone soon: those are shown, and not held.
    if (newest || count >= FULL) alarming = given || (alarming && growth > ALARMING / 2);
    if (!newest) continue;
    const trend = alarming ? 'grew' : gap.trend;
    return { gap: { ...gap, trend }, trained, granted, gamed: alarming || games(trend), alarming };
  }
}

/** How the mean of the newest of the first `count` rows differs from that of the very first ones. */
function changeOf(rows: readonly Row[], count: number, name: 'trained' | 'granted' | 'gap', scale: number) {
  const size = Math.min(WINDOW, Math.floor(count / 3));
  const [first, last] = [
    windowOf(rows.slice(0, size), name),
    windowOf(rows.slice(count - size, count), name),
  ];
  const change = last.mean - first.mean;
  const error = Math.sqrt(first.variance / first.n + last.variance / last.n);
  const clear = Math.abs(change) > SURE * error && Math.abs(change) > TOO_SMALL * scale;
  const trend: Trend = clear ? (change > 0 ? 'grew' : 'fell') : 'steady';
  return { first, last, trend };
}

function meaningOf(gap: Trend, trained: Trend, granted: Trend, last: number, gamed: boolean): string {
  if (gamed) {
    if (granted === 'fell')
      return trained === 'grew'
        ? 'the reward rises while the oracle’s falls. The policy games the heads.'
        : 'the oracle’s reward falls and the heads do not see it.';
    return 'the policy gains reward that the oracle does not grant.';
  }
  if (gap === 'fell') {
    if (last < 0) return 'the heads grant less than the oracle would.';
    return granted === 'grew'
      ? 'the oracle’s reward rises faster than the reward that is trained on.'
      : 'heads and oracle come closer to each other.';
  }
  if (trained === 'grew' && granted === 'grew') return 'what the policy gains, the oracle grants as well.';
  if (gap === 'grew') return 'the heads still grant less than the oracle would, but no longer by as much.';
  if (trained === 'fell' && granted === 'fell') return 'both rewards fall together.';
  return 'neither reward moves away from the other.';
}

function windowOf(rows: readonly Row[], name: 'trained' | 'granted' | 'gap'): Window {
  const values = rows.map((row) => row[name]);
  return {
    mean: mean(values),
    variance: variance(values),
    n: values.length,
    firstStep: rows[0]?.step ?? 0,
    lastStep: rows.at(-1)?.step ?? 0,
  };
}

function number(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
