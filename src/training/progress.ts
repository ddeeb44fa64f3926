// Progress and time left: measured time per unit of work, applied to the work that the plan still holds.

import type { ProgressEvent } from '../protocol/messages.ts';
import type { RunState, TrainingContext } from './context.ts';
import type { StagePlan } from './stages.ts';

/** Weight of the newest iteration in the running mean. */
const SMOOTHING = 0.1;

/** What differs from event to event. */
type Told = Pick<
  ProgressEvent,
  'stageIndex' | 'step' | 'kept' | 'preparing' | 'stageRemainingMs' | 'runRemainingMs' | 'awayMs'
> & {
  done: number;
};

/** An iteration that takes so many times the usual time was no iteration: the computer slept, or the thread was held. */
const STANDSTILL = 20;
/** A shorter one is not worth a word, however fast the iterations are. */
const STANDSTILL_MS = 20_000;

export class ProgressMeter {
  private elapsedMs = 0;
  private beganAt = 0;
  /** Milliseconds per unit of work over everything so far, and per iteration in the current stage. */
  private msPerWork: number | null = null;
  private stageIndex = -1;
  private msPerIteration: number | null = null;
  /** Of the iteration in progress, what only some have, and the share of it that falls to each. */
  private measuringMs = 0;
  private shareMs = 0;

  constructor(
    private readonly context: Pick<TrainingContext, 'runId' | 'now' | 'emit'>,
    private readonly plan: readonly StagePlan[],
    private readonly ended: () => Pick<RunState, 'skipped' | 'earlyStops'>,
  ) {}

  begin(stageIndex: number): void {
    if (stageIndex !== this.stageIndex) {
      this.msPerIteration = null;
      this.shareMs = 0;
    }
    this.stageIndex = stageIndex;
    this.measuringMs = 0;
    this.beganAt = this.context.now();
  }

  /** The place that a checkpoint holds: where a run goes on, and what of the metrics comes after it once more. */
  kept(stageIndex: number, done: number, step: number): void {
    this.emit({ stageIndex, done, step, kept: true, stageRemainingMs: null, runRemainingMs: null });
  }

  /** Called after a part of the work outside the iterations, which tells nothing of the time that an iteration takes. */
  prepare(preparing: NonNullable<ProgressEvent['preparing']>, done: number, step: number): void {
    this.elapsedMs += this.context.now() - this.beganAt;
    const { stageIndex } = this;
    const runRemainingMs = this.timeOf(this.work(stageIndex, done));
    this.emit({ stageIndex, done, step, preparing, stageRemainingMs: null, runRemainingMs });
  }

  /** Time counts on from here: that of a pause does not. */
  resume(): void {
    this.beganAt = this.context.now();
  }

  /** Called amid an iteration after a measurement that one in `every` has: it is counted with all of them alike. */
  measured(ms: number, every: number): void {
    if (ms <= 0) return;
    this.measuringMs = ms;
    this.shareMs = ms / every;
  }

  /** Called after an iteration; `done` counts the iterations done in the stage. Emits the progress event. */
  end(stageIndex: number, done: number, step: number): void {
    const stage = this.plan[stageIndex];
    const passedMs = this.context.now() - this.beganAt - this.measuringMs + this.shareMs;
    const usualMs = this.msPerIteration ?? (this.msPerWork ?? 0) * stage.workPerIteration;
    const away = usualMs > 0 && passedMs > Math.max(STANDSTILL_MS, STANDSTILL * usualMs);
    // Time in which nothing was computed says nothing of the time that is left, and is none of the run's.
    const ms = away ? usualMs : passedMs;
    this.elapsedMs += ms - this.shareMs + this.measuringMs;
    const perWork = ms / stage.workPerIteration;
    this.msPerWork = blend(this.msPerWork, perWork);
    this.msPerIteration = blend(this.msPerIteration, ms);
    const stageRemainingMs = this.msPerIteration * (this.iterationsOf(stage) - done);
    const later = this.work(stageIndex, stage.iterations);
    const runRemainingMs = stageRemainingMs + later * this.msPerWork;
    const awayMs = away ? { awayMs: passedMs - usualMs } : {};
    this.emit({ stageIndex, done, step, stageRemainingMs, runRemainingMs, ...awayMs });
  }

  /** Called when a stage is ended before its time. */
  skip(stageIndex: number, done: number, step: number): void {
    const later = this.work(stageIndex, this.plan[stageIndex].iterations);
    this.emit({ stageIndex, done, step, stageRemainingMs: 0, runRemainingMs: this.timeOf(later) });
  }

  /** Of a stage that was ended early, those that it did. */
  private iterationsOf({ name, iterations }: StagePlan): number {
    const { skipped, earlyStops } = this.ended();
    return skipped[name] ?? earlyStops[name] ?? iterations;
  }

  private timeOf(work: number): number | null {
    return this.msPerWork === null ? null : work * this.msPerWork;
  }

  /** Work that the plan still holds where `done` iterations of a stage are done. */
  private work(stageIndex: number, done: number): number {
    const { iterations, workPerIteration } = this.plan[stageIndex];
    let total = (iterations - done) * workPerIteration;
    for (const other of this.plan.slice(stageIndex + 1)) total += other.iterations * other.workPerIteration;
    return total;
  }

  private emit({ stageIndex, done, ...rest }: Told): void {
    const { context, plan } = this;
    const stage = plan[stageIndex];
    const { skipped, earlyStops } = this.ended();
    context.emit({
      kind: 'progress',
      runId: context.runId,
      stage: stage.name,
      stageIndex,
      stages: plan.map((each) => ({
        name: each.name,
        iterations: this.iterationsOf(each),
        ...(Object.hasOwn(skipped, each.name) && { skipped: true }),
        ...(Object.hasOwn(earlyStops, each.name) && { planned: each.iterations }),
      })),
      iteration: done,
      iterations: this.iterationsOf(stage),
      elapsedMs: this.elapsedMs,
      ...rest,
    });
  }
}

/** A first value that was far too slow (a sleep in the first iteration) is forgotten at once. */
function blend(old: number | null, fresh: number): number {
  if (old === null || old > STANDSTILL * fresh) return fresh;
  return old + SMOOTHING * (fresh - old);
}
