// The time left: what a sleeping computer does to it, which should be nothing.

import { expect, test } from 'vitest';
import type { ProgressEvent, TrainEvent } from '../../src/protocol/messages.ts';
import { ProgressMeter } from '../../src/training/progress.ts';
import { stagePlan } from '../../src/training/stages.ts';
import { tinySettings } from './harness.ts';

/** Progress of iterations that take so many milliseconds each. */
function told(iterationsMs: readonly number[]): ProgressEvent[] {
  const events: TrainEvent[] = [];
  let now = 0;
  const plan = stagePlan(tinySettings({ sft_steps: 100, evaluate: false, stages: ['sft'] }));
  const meter = new ProgressMeter(
    { runId: 'run', now: () => now, emit: (event) => void events.push(event) },
    plan,
    () => ({}),
  );
  iterationsMs.forEach((ms, i) => {
    meter.begin(0);
    now += ms;
    meter.end(0, i + 1, i + 1);
  });
  return events.filter((event) => event.kind === 'progress');
}

const SLEEP_MS = 600_000;

test('a sleep of minutes in one iteration changes no estimate, is no time of the run, and is told once', () => {
  const events = told([100, 100, 100 + SLEEP_MS, 100]);
  expect(events.map(({ stageRemainingMs }) => stageRemainingMs)).toEqual([9900, 9800, 9700, 9600]);
  expect(events.map(({ elapsedMs }) => elapsedMs)).toEqual([100, 200, 300, 400]);
  expect(events.map(({ awayMs }) => awayMs)).toEqual([undefined, undefined, SLEEP_MS, undefined]);
});

test('a sleep in the first iteration is forgotten with the second', () => {
  expect(told([SLEEP_MS, 100, 100]).at(-1)?.stageRemainingMs).toBeCloseTo(9700);
});

test('an iteration that is merely slow counts', () => {
  const last = told([100, 100, 1000]).at(-1);
  expect(last?.awayMs).toBeUndefined();
  expect(last?.stageRemainingMs).toBeCloseTo(97 * 190);
});
