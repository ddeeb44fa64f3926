// Events of the worker to the state of the page.

import { describe, expect, it } from 'vitest';
import type { ProgressEvent, TrainEvent } from '../../src/protocol/messages.ts';
import {
  canGoOn,
  emptyRun,
  holdsWeightsAlone,
  isActive,
  isOver,
  planAsRun,
  reachedBy,
  reduceEvents,
  stageSteps,
} from '../../src/ui/state/run/runState.ts';
import { stateOfStoredRun } from '../../src/ui/state/run/stored.ts';

const runId = 'r1';
const progress: ProgressEvent = {
  kind: 'progress',
  runId,
  stage: 'heads',
  stageIndex: 1,
  stages: [
    { name: 'sft', iterations: 10 },
    { name: 'heads', iterations: 5 },
    { name: 'stage1', iterations: 4 },
  ],
  iteration: 2,
  iterations: 5,
  step: 12,
  elapsedMs: 1000,
  stageRemainingMs: 100,
  runRemainingMs: null,
};
const score = {
  suite: 'safety',
  metric: 'safe',
  value: 0.5,
  low: 0.4,
  high: 0.6,
  n: 90,
  better: 'higher' as const,
};

describe('reduceEvents', () => {
  it('takes up every kind of event', () => {
    const error = { code: 'diverged' as const, message: 'NaN.', hint: 'Lower it.', details: {}, stack: '' };
    const events: TrainEvent[] = [
      { kind: 'status', runId, phase: 'running', message: '' },
      progress,
      { kind: 'metrics', runId, rows: [{ step: 1, stage: 'sft', iteration: 1, values: { 'sft/loss': 2 } }] },
      { kind: 'evaluation', runId, stage: 'stage1', step: 19, scores: [score] },
      { kind: 'evaluation', runId, stage: 'sft', step: 10, scores: [] },
      { kind: 'evaluation', runId, stage: 'sft', step: 10, scores: [score] },
      { kind: 'error', runId, error },
      { kind: 'status', runId, phase: 'failed', message: 'It diverged.' },
    ];
    const view = reduceEvents(emptyRun(runId), events);
    expect(view).toMatchObject({
      phase: 'failed',
      message: 'It diverged.',
      progress,
      error,
      metricsRevision: 1,
    });
    expect(view.metrics.latest('sft/loss')).toBe(2);
    expect(view.evaluations.map(({ stage, scores }) => [stage, scores.length])).toEqual([
      ['sft', 1],
      ['stage1', 1],
    ]);
    expect(isActive(view.phase)).toBe(false);
  });

  it('keeps the first and the newest pinned answers with the scores between; those before RL come first once it begins', () => {
    const at = (step: number, stage: string) =>
      ({ kind: 'pinned', runId, stage, step, answers: [], scores: [] }) as const;
    const stepsOf = (...events: TrainEvent[]) => {
      const { pinned } = reduceEvents(emptyRun(runId), events);
      return [pinned?.first.step, pinned?.latest.step, pinned?.trail.map(({ step }) => step)];
    };
    const sft = [at(0, 'sft'), at(4, 'sft')];
    expect(emptyRun(runId).pinned).toBeNull();
    expect(stepsOf(...sft)).toEqual([0, 4, [0, 4]]);
    const rl = [at(6, 'stage1'), at(8, 'stage1'), at(8, 'stage2'), at(12, 'stage2')];
    expect(stepsOf(...sft, ...rl)).toEqual([6, 12, [6, 8, 12]]);
    // Gone on from the checkpoint at step 7.
    expect(stepsOf(...sft, ...rl, at(7, 'stage1'))).toEqual([6, 7, [6, 7]]);
  });

  it('drops what came after the step where a run goes on', () => {
    const rows = [1, 2, 3, 4].map((step) => ({ step, stage: 'sft', iteration: step, values: { a: step } }));
    const before = reduceEvents(emptyRun(runId), [
      { kind: 'metrics', runId, rows },
      { kind: 'evaluation', runId, stage: 'sft', step: 2, scores: [] },
      { kind: 'evaluation', runId, stage: 'stage1', step: 4, scores: [] },
    ]);
    const view = reduceEvents(before, [{ ...progress, step: 2 }]);
    expect([...view.metrics.steps]).toEqual([1, 2]);
    expect(view.metrics.latest('a')).toBe(2);
    expect(view.evaluations.map(({ stage }) => stage)).toEqual(['sft']);
    expect(view.metricsRevision).toBeGreaterThan(before.metricsRevision);
    // It comes once more.
    const again = reduceEvents(view, [{ kind: 'metrics', runId, rows: rows.slice(2, 3) }]);
    expect([...again.metrics.column('a')]).toEqual([1, 2, 3]);
    expect(reduceEvents(again, [{ ...progress, step: 3 }]).metricsRevision).toBe(again.metricsRevision);
  });

  it('leaves events of another run alone', () => {
    const view = emptyRun(runId, 'running');
    expect(reduceEvents(view, [{ kind: 'status', runId: 'other', phase: 'done', message: '' }])).toBe(view);
  });
});

describe('canGoOn', () => {
  const error = { code: 'diverged' as const, message: '', hint: '', details: {}, stack: '' };

  it('holds for a run that stopped or failed, but not for one that would diverge again', () => {
    const going = (['idle', 'starting', 'running', 'paused', 'done', 'watched'] as const).map((phase) =>
      canGoOn(emptyRun(runId, phase)),
    );
    expect(going).toEqual([false, false, false, false, false, false]);
    expect(canGoOn(emptyRun(runId, 'stopped'))).toBe(true);
    expect(canGoOn(emptyRun(null, 'stopped'))).toBe(false);
    const failed = emptyRun(runId, 'failed');
    expect(canGoOn(failed)).toBe(true);
    expect(canGoOn({ ...failed, error: { ...error, code: 'disk-full' } })).toBe(true);
    expect(canGoOn({ ...failed, error })).toBe(false);
  });

  it('leaves a run that is over: done, or failed for good', () => {
    const over = (
      ['idle', 'starting', 'running', 'paused', 'stopped', 'watched', 'done', 'failed'] as const
    ).filter((phase) => isOver(emptyRun(runId, phase)));
    expect(over).toEqual(['done']);
    expect(isOver({ ...emptyRun(runId, 'failed'), error })).toBe(true);
  });
});

describe('holdsWeightsAlone', () => {
  it('holds for a run that is done without a single metric', () => {
    const done = emptyRun(runId, 'done');
    expect(holdsWeightsAlone(done)).toBe(true);
    expect(holdsWeightsAlone(emptyRun(runId, 'stopped'))).toBe(false);
    expect(holdsWeightsAlone(emptyRun(null, 'done'))).toBe(false);
    const rows = [{ step: 1, stage: 'sft', iteration: 1, values: { 'sft/loss': 2 } }];
    expect(holdsWeightsAlone(reduceEvents(done, [{ kind: 'metrics', runId, rows }]))).toBe(false);
  });
});

describe('stageSteps', () => {
  it('tells what is done, current and next', () => {
    const steps = stageSteps(progress.stages, progress, 'running');
    expect(steps.map(({ state, iteration }) => [state, iteration])).toEqual([
      ['done', 10],
      ['current', 2],
      ['next', 0],
    ]);
    expect(stageSteps(progress.stages, progress, 'done').every(({ state }) => state === 'done')).toBe(true);
    expect(stageSteps(progress.stages, null, 'idle').every(({ state }) => state === 'next')).toBe(true);
  });

  it('tells of how many a stage did that ended early', () => {
    const plan = progress.stages.map((stage, i) => (i === 0 ? { ...stage, planned: 30 } : stage));
    expect(stageSteps(plan, progress, 'running')[0]).toMatchObject({
      state: 'done',
      iteration: 10,
      planned: 30,
    });
    expect(stageSteps(plan, progress, 'done')[0]).toMatchObject({ iteration: 10, planned: 30 });
  });
});

describe('reachedBy', () => {
  const plan = [
    { name: 'sft', iterations: 10 },
    { name: 'evaluation-sft', iterations: 0 },
    { name: 'stage1', iterations: 5 },
  ];
  const rowsOf = (stage: string, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ step: from + i, stage, iteration: i + 1, values: { a: 1 } }));
  const reached = (...events: TrainEvent[]) => {
    const view = reduceEvents(emptyRun(runId, 'stopped'), events);
    return stageSteps(plan, reachedBy(plan, view), 'stopped').map(({ state, iteration }) => [
      state,
      iteration,
    ]);
  };
  const sft: TrainEvent = { kind: 'metrics', runId, rows: rowsOf('sft', 1, 10) };
  const tested: TrainEvent = { kind: 'evaluation', runId, stage: 'sft', step: 10, scores: [] };

  it('tells how far a stored run came, by its rows and its tests', () => {
    expect(reachedBy(plan, emptyRun(runId, 'stopped'))).toBeNull();
    const part: TrainEvent = { kind: 'metrics', runId, rows: rowsOf('sft', 1, 4) };
    expect(reached(part)).toEqual([
      ['current', 4],
      ['next', 0],
      ['next', 0],
    ]);
    expect(reached(sft)[0]).toEqual(['done', 10]);
    expect(reached(sft, tested)[1]).toEqual(['done', 0]);
    const rl: TrainEvent = { kind: 'metrics', runId, rows: rowsOf('stage1', 11, 2) };
    expect(reached(sft, tested, rl)[2]).toEqual(['current', 2]);
  });

  it('tells of a stored run which stages ended before their plan, but not of the one it is in', () => {
    const rows = [...rowsOf('sft', 1, 6), ...rowsOf('stage1', 7, 2)];
    const stopped = reduceEvents(emptyRun(runId, 'stopped'), [{ kind: 'metrics', runId, rows }]);
    const [sft, tested, stage1] = plan;
    const early = { name: 'sft', iterations: 6, planned: 10 };
    expect(planAsRun(plan, stopped)).toEqual([early, tested, stage1]);
    expect(planAsRun(plan, { ...stopped, phase: 'done' })).toEqual([
      early,
      tested,
      { name: 'stage1', iterations: 2, planned: 5 },
    ]);
    expect(planAsRun(plan, reduceEvents(emptyRun(runId, 'done'), []))).toEqual([sft, tested, stage1]);
  });

  it('takes a stage for done that a run took over without its rows', () => {
    expect(reached({ kind: 'metrics', runId, rows: rowsOf('stage1', 1, 5) })).toEqual([
      ['done', 10],
      ['done', 0],
      ['done', 5],
    ]);
  });
});

describe('stateOfStoredRun', () => {
  it('shows what fits and leaves out what does not', () => {
    const view = stateOfStoredRun({
      id: runId,
      status: 'done',
      message: '',
      metrics: [{ step: 1, stage: 'sft', iteration: 1, values: { 'sft/loss': 2 } }],
      evaluations: [
        { stage: 'sft', step: 10, report: [score, { suite: 'broken' }] },
        { stage: 'stage1', step: 20, report: { scores: [score] } },
        { stage: 'stage2', step: 30, report: null },
      ],
      heads: { step: 15, report: 'nonsense' },
    });
    expect(view.phase).toBe('done');
    expect(view.evaluations.map(({ scores }) => scores.length)).toEqual([1, 1, 0]);
    expect(view.heads).toBeNull();
  });
});
