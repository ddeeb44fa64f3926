// Progress and time left: measured time per unit of work, applied to the work that the plan still holds.

import type { TrainingContext } from './context.ts';
import type { StagePlan } from './stages.ts';

/** Weight of the newest iteration in the running mean. */
const SMOOTHING = 0.1;

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
    let later = 0;
    for (const other of plan.slice(stageIndex + 1)) later += other.iterations * other.workPerIteration;
    context.emit({
      kind: 'progress',
      runId: context.runId,
      stage: stage.name,
      stageIndex,
      stages: plan.map(({ name, iterations }) => ({ name, iterations })),
      iteration: done,
      iterations: stage.iterations,
      step,
      elapsedMs: this.elapsedMs,
      stageRemainingMs,
      runRemainingMs: stageRemainingMs + later * this.msPerWork,
    });
  }
}

function blend(old: number, fresh: number): number {
  return old + SMOOTHING * (fresh - old);
}
