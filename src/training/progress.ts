// Progress and time left: measured time per unit of work, applied to the work that the plan still holds.

import type { ProgressEvent } from '../protocol/messages.ts';
import type { TrainingContext } from './context.ts';
import type { StagePlan } from './stages.ts';

/** Weight of the newest iteration in the running mean. */
const SMOOTHING = 0.1;

/** What differs from event to event. */
type Told = Pick<
  ProgressEvent,
  'stageIndex' | 'step' | 'preparing' | 'stageRemainingMs' | 'runRemainingMs'
> & {
  done: number;
};

export class ProgressMeter {
  private elapsedMs = 0;
  private beganAt = 0;
  /** Milliseconds per unit of work over everything so far, and per iteration in the current stage. */
  private msPerWork: number | null = null;
  private stageIndex = -1;
  private msPerIteration: number | null = null;

  constructor(
    private readonly context: TrainingContext,
    private readonly plan: readonly StagePlan[],
  ) {}

  begin(stageIndex: number): void {
    if (stageIndex !== this.stageIndex) this.msPerIteration = null;
    this.stageIndex = stageIndex;
    this.beganAt = this.context.now();
  }

  /** Called after a part of the work outside the iterations, which tells nothing of the time that an iteration takes. */
  prepare(preparing: NonNullable<ProgressEvent['preparing']>, done: number, step: number): void {
    this.elapsedMs += this.context.now() - this.beganAt;
    const { stageIndex, msPerWork } = this;
    const later = this.work(stageIndex, done);
    const runRemainingMs = msPerWork === null ? null : later * msPerWork;
    this.emit({ stageIndex, done, step, preparing, stageRemainingMs: null, runRemainingMs });
  }

  /** Time counts on from here: that of a pause does not. */
  resume(): void {
    this.beganAt = this.context.now();
  }

  /** Called after an iteration; `done` counts the iterations done in the stage. Emits the progress event. */
  end(stageIndex: number, done: number, step: number): void {
    const { context, plan } = this;
    const stage = plan[stageIndex];
    const ms = context.now() - this.beganAt;
    this.elapsedMs += ms;
    const perWork = ms / stage.workPerIteration;
    this.msPerWork = this.msPerWork === null ? perWork : blend(this.msPerWork, perWork);
    this.msPerIteration = this.msPerIteration === null ? ms : blend(this.msPerIteration, ms);
    const stageRemainingMs = this.msPerIteration * (stage.iterations - done);
    const later = this.work(stageIndex, stage.iterations);
    const runRemainingMs = stageRemainingMs + later * this.msPerWork;
    this.emit({ stageIndex, done, step, stageRemainingMs, runRemainingMs });
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
    context.emit({
      kind: 'progress',
      runId: context.runId,
      stage: stage.name,
      stageIndex,
      stages: plan.map(({ name, iterations }) => ({ name, iterations })),
      iteration: done,
      iterations: stage.iterations,
      elapsedMs: this.elapsedMs,
      ...rest,
    });
  }
}

function blend(old: number, fresh: number): number {
  return old + SMOOTHING * (fresh - old);
}
