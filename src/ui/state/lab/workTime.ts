// How long the runs of a plan take here, and how many workers with how many threads take the least.

import { sum } from '../../../base/numbers.ts';
import { type PlannedRun, relativeSeconds } from '../../../experiments/plans.ts';
import type { RunEstimate } from '../../../protocol/messages.ts';
import { isOverRow, type QueueRow } from './queueRows.ts';

/** Workers that train at the same time, and threads of each; threads 0 leave it to the engine. */
export type Allocation = { workers: number; threads: number };

/** More take more memory than they save time. */
const MOST_WORKERS = 4;

/** What there is to choose from on so many cores: one worker on all of them, or one on each. */
export function allocations(cores: number): Allocation[] {
  const threads = Math.min(Math.max(1, cores), MOST_WORKERS);
  return threads === 1
    ? [{ workers: 1, threads: 1 }]
    : [
        { workers: threads, threads: 1 },
        { workers: 1, threads },
      ];
}

/** The one that gets most done; `runMs` is the time of a run with that many threads, null where it is not known. */
export function fastest(timed: readonly { allocation: Allocation; runMs: number | null }[]): Allocation {
  const perRun = ({ allocation, runMs }: (typeof timed)[number]) =>
    runMs === null ? Number.POSITIVE_INFINITY : runMs / allocation.workers;
  const best = timed.reduce((a, b) => (perRun(b) < perRun(a) ? b : a));
  return best.allocation;
}

/** Of an estimate of a whole run, the part after the stage that it begins from; null where it is not known. */
export function msAfter({ stages }: RunEstimate, from: PlannedRun['from']): number | null {
  const first = from ? stages.findIndex(({ name }) => name === from.stage) + 1 : 0;
  const left = stages.slice(first).map(({ ms }) => ms);
  return left.some((ms) => ms === null) ? null : sum(left.map((ms) => ms ?? 0));
}

/** Of runs with so many at a time, from the time of one of them; null where that is not known. */
export function planMs(
  runs: readonly PlannedRun[],
  one: { run: PlannedRun; ms: number | null },
  workers: number,
): number | null {
  if (one.ms === null) return null;
  const perSecond = one.ms / relativeSeconds(one.run);
  return (perSecond * sum(runs.map(relativeSeconds))) / Math.max(1, Math.min(workers, runs.length));
}

/** By the time that the finished runs of the queue took; null before the first. `runningMs`: what is left of each that is in training. */
export function leftMs(
  rows: readonly QueueRow[],
  wallMs: { readonly [run: string]: number },
  runningMs: readonly (number | null)[],
  workers: number,
): number | null {
  const timed = rows.filter(({ run }) => wallMs[run.id] !== undefined);
  if (timed.length === 0) return null;
  const perSecond =
    sum(timed.map(({ run }) => wallMs[run.id])) / sum(timed.map(({ run }) => relativeSeconds(run)));
  const open = rows.filter((row) => !isOverRow(row) && row.state !== 'running');
  const waiting = perSecond * sum(open.map(({ run }) => relativeSeconds(run)));
  return (
    (waiting + sum(runningMs.map((ms) => ms ?? 0))) /
    Math.max(1, Math.min(workers, open.length + runningMs.length))
  );
}
