// The state of the run on view, and the reducer that turns events of the train worker into it.

import type { WireError } from '../../../base/errors.ts';
import type {
  EvaluationEvent,
  GroupEvent,
  HeadsEvent,
  PlannedStage,
  ProgressEvent,
  TrainEvent,
} from '../../../protocol/messages.ts';
import type { RunPhase } from '../../../terms/run.ts';
import { evaluationOf } from '../../../terms/stages.ts';
import { MetricTable } from '../charts/metricTable.ts';
import { addPinned, type PinnedState } from './pinned.ts';

export type RunState = {
  runId: string | null;
  phase: RunPhase;
  message: string;
  progress: ProgressEvent | null;
  /** Grows in place; `metricsRevision` changes with it. */
  metrics: MetricTable;
  metricsRevision: number;
  group: GroupEvent | null;
  heads: HeadsEvent | null;
  /** In order of step; one per (stage, step). */
  evaluations: readonly EvaluationEvent[];
  /** Null where nothing was asked. */
  pinned: PinnedState | null;
  error: WireError | null;
};

export function emptyRun(runId: string | null = null, phase: RunPhase = 'idle'): RunState {
  return {
    runId,
    phase,
    message: '',
    progress: null,
    metrics: new MetricTable(),
    metricsRevision: 0,
    group: null,
    heads: null,
    evaluations: [],
    pinned: null,
    error: null,
  };
}

/** Next state; events of another run than the one on view change nothing. */
export function reduceEvent(shown: RunState, event: TrainEvent): RunState {
  if (shown.runId !== null && event.runId !== '' && event.runId !== shown.runId) return shown;
  switch (event.kind) {
    case 'progress':
      return { ...wentBack(shown, event.step), progress: event };
    case 'metrics':
      for (const row of event.rows) shown.metrics.put(row);
      return { ...shown, metricsRevision: shown.metricsRevision + 1 };
    case 'group':
      return { ...shown, group: event };
    case 'heads':
      return { ...shown, heads: event };
    case 'evaluation':
      return { ...shown, evaluations: addEvaluation(shown.evaluations, event) };
    case 'pinned':
      return { ...shown, pinned: addPinned(shown.pinned, event) };
    case 'status':
      return { ...shown, phase: event.phase, message: event.message };
    case 'error':
      return { ...shown, error: event.error };
  }
}

/** Without what came after the step where the run goes on: it was not kept, and comes again. */
function wentBack(shown: RunState, step: number): RunState {
  if ((shown.metrics.steps.at(-1) ?? 0) <= step) return shown;
  shown.metrics.cutAfter(step);
  const evaluations = shown.evaluations.filter((each) => each.step <= step);
  return { ...shown, evaluations, metricsRevision: shown.metricsRevision + 1 };
}

export function reduceEvents(shown: RunState, events: readonly TrainEvent[]): RunState {
  return events.reduce(reduceEvent, shown);
}

function addEvaluation(
  evaluations: readonly EvaluationEvent[],
  event: EvaluationEvent,
): readonly EvaluationEvent[] {
  const others = evaluations.filter((other) => other.stage !== event.stage || other.step !== event.step);
  return [...others, event].sort((a, b) => a.step - b.step);
}

/** Phases in which the worker holds a run. */
export function isActive(phase: RunPhase): boolean {
  return phase === 'starting' || phase === 'running' || phase === 'paused';
}

/**
 * Whether the run on view is stopped and can go on from its newest checkpoint. One that diverged would do so again: it is
 * begun anew, with what the guard advises.
 */
export function canGoOn({ runId, phase, error }: Pick<RunState, 'runId' | 'phase' | 'error'>): boolean {
  if (runId === null) return false;
  return phase === 'stopped' || (phase === 'failed' && error?.code !== 'diverged');
}

/** Whether the run on view has come to its end: neither in training, here or in another tab, nor one that can go on. */
export function isOver(shown: Pick<RunState, 'runId' | 'phase' | 'error'>): boolean {
  return shown.phase === 'done' || (shown.phase === 'failed' && !canGoOn(shown));
}

/** Whether the run on view is weights and nothing else: it came from a weights file or a release, and was not trained here. */
export function holdsWeightsAlone({
  runId,
  phase,
  metrics,
}: Pick<RunState, 'runId' | 'phase' | 'metrics'>): boolean {
  return runId !== null && phase === 'done' && metrics.length === 0;
}

export type StageState = 'done' | 'skipped' | 'current' | 'next';
export type StageStep = {
  name: string;
  state: StageState;
  iterations: number;
  /** Iterations done of it. */
  iteration: number;
  /** Those that were planned, where it stopped by itself before. */
  planned?: number | undefined;
};

/** How far a run is: all stages before that of the index are over, and so many iterations of that one. */
export type Reached = Pick<ProgressEvent, 'stageIndex' | 'iteration' | 'preparing'>;

/** How far a stored run came, by what it left: a row per iteration, scores per test. Null where it left nothing. */
export function reachedBy(
  plan: readonly PlannedStage[],
  { metrics, evaluations }: Pick<RunState, 'metrics' | 'evaluations'>,
): Reached | null {
  const spans = metrics.spans();
  const doneOf = ({ name, iterations }: PlannedStage): number => {
    if (evaluations.some(({ stage }) => evaluationOf(stage) === name)) return Math.max(1, iterations);
    const span = spans.find(({ stage }) => stage === name);
    return span ? span.lastStep - span.firstStep + 1 : 0;
  };
  const stageIndex = plan.findLastIndex((stage) => doneOf(stage) > 0);
  const last = plan[stageIndex];
  if (!last) return null;
  const iteration = doneOf(last);
  return iteration >= last.iterations
    ? { stageIndex: stageIndex + 1, iteration: 0 }
    : { stageIndex, iteration };
}

/** The plan of a stored run; a stage that is over with fewer rows than were planned has as many iterations as rows. */
export function planAsRun(
  plan: readonly PlannedStage[],
  { metrics, phase }: Pick<RunState, 'metrics' | 'phase'>,
): PlannedStage[] {
  const spans = metrics.spans();
  const newest = spans.at(-1)?.stage;
  return plan.map((stage) => {
    const span = spans.find((each) => each.stage === stage.name);
    const isOver = phase === 'done' || stage.name !== newest;
    const rows = span && isOver ? span.lastStep - span.firstStep + 1 : stage.iterations;
    return rows < stage.iterations ? { ...stage, iterations: rows, planned: stage.iterations } : stage;
  });
}

/** The rail: every stage of the plan with what is done of it. A run that is done has done all. */
export function stageSteps(
  plan: readonly PlannedStage[],
  reached: Reached | null,
  phase: RunPhase,
): StageStep[] {
  return plan.map(({ name, iterations, skipped, planned }, index) => {
    if (skipped) return { name, iterations, iteration: iterations, state: 'skipped' };
    if (phase === 'done') return { name, iterations, iteration: iterations, state: 'done', planned };
    if (!reached || index > reached.stageIndex) return { name, iterations, iteration: 0, state: 'next' };
    if (index < reached.stageIndex)
      return { name, iterations, iteration: iterations, state: 'done', planned };
    const { preparing, iteration } = reached;
    if (preparing) return { name, iterations: preparing.total, iteration: preparing.done, state: 'current' };
    return { name, iterations, iteration, state: 'current' };
  });
}
