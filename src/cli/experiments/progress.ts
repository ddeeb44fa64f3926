// How far a plan is: one line over all runs, with the time left. Pure text.

import { type PlannedRun, runSeconds } from '../../experiments/index.ts';
import { bar, timesText } from '../progress.ts';
import { stageOfLine } from './childLines.ts';

/** A run that is being trained: how long already, and the last line that it printed of its progress. */
export type RunningState = { run: PlannedRun; elapsedMs: number; lastLine: string };

export type PlanProgress = {
  runs: readonly PlannedRun[];
  /** Ended, with whatever result. */
  ended: ReadonlySet<string>;
  failed: number;
  running: readonly RunningState[];
  /** Wall time of runs that this command has trained. */
  measured: readonly { run: PlannedRun; wallMs: number }[];
  jobs: number;
  elapsedMs: number;
};

/**
 * Milliseconds that are left: what the estimate says of the runs that are not done, stretched by how much longer than estimated
 * the measured ones took; without an estimate their mean. Null where neither is known.
 */
export function timeLeftMs({ runs, ended, running, measured, jobs }: PlanProgress): number | null {
  const left = runs.filter(({ id }) => !ended.has(id));
  const wallMs = measured.reduce((sum, one) => sum + one.wallMs, 0);
  const estimates = runs.map((run) => runSeconds(run));
  const mean = measured.length > 0 ? wallMs / measured.length : null;
  const estimated = (run: PlannedRun) => (runSeconds(run) ?? 0) * 1000;
  const known = !estimates.includes(null);
  if (!known && mean === null) return null;
  const expectedMs = measured.reduce((sum, { run }) => sum + estimated(run), 0);
  const stretch = known && expectedMs > 0 ? wallMs / expectedMs : 1;
  const full = (run: PlannedRun) => (known ? estimated(run) * stretch : (mean ?? 0));
  const spent = new Map(running.map(({ run, elapsedMs }) => [run.id, elapsedMs]));
  const total = left.reduce((sum, run) => sum + Math.max(0, full(run) - (spent.get(run.id) ?? 0)), 0);
  return total / Math.max(1, Math.min(jobs, left.length));
}

export function planLine(progress: PlanProgress): string {
  const { runs, ended, failed, running, elapsedMs } = progress;
  const now = running.map(({ run, lastLine }) => `${run.id} ${stageOfLine(lastLine)}`.trim());
  return [
    `${bar(ended.size, runs.length, 16)} ${ended.size}/${runs.length} runs${failed > 0 ? `, ${failed} failed` : ''}`,
    timesText(elapsedMs, timeLeftMs(progress)),
    now.join(', '),
  ]
    .join('  ')
    .trimEnd();
}
