// The time left: what a sleeping computer does to it, which should be nothing.

import { expect, test } from 'vitest';
import type { ProgressEvent, TrainEvent } from '../../src/protocol/messages.ts';
import { ProgressMeter } from '../../src/training/progress.ts';
import { stagePlan } from '../../src/training/stages.ts';
import { tinySettings } from './harness.ts';

/** Progress of iterations that take so many milliseconds each, every `every`-th of them with a measurement of `measuringMs` more. */
function told(iterationsMs: readonly number[], every = Infinity, measuringMs = 0): ProgressEvent[] {
  const events: TrainEvent[] = [];
  let now = 0;
  const plan = stagePlan(tinySettings({ sft_steps: 100, evaluate: false, stages: ['sft'] }));
  const meter = new ProgressMeter(
    { runId: 'run', now: () => now, emit: (event) => void events.push(event) },
    plan,
    () => ({ skipped: {}, earlyStops: {} }),
  );
  iterationsMs.forEach((ms, i) => {
    meter.begin(0);
    now += ms;
    if ((i + 1) % every === 0) {
      now += measuringMs;
      meter.measured(measuringMs, every);
    }
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

test('a measurement that few iterations have is counted with all of them, and makes no jump', () => {
  const events = told(
    Array.from({ length: 60 }, () => 100),
    10,
    500,
  );
  const left = events.map(({ stageRemainingMs }) => stageRemainingMs ?? Number.NaN);
  expect(left[8]).toBe(9100);
  // From the first measurement on an iteration is reckoned 150 ms, and no estimate climbs by more than a part of that at once.
  for (const [i, ms] of left.entries()) if (i > 9) expect(ms).toBeLessThan((left[i - 1] as number) + 450);
  expect(left.at(-1)).toBeCloseTo(40 * 150, -2);
  expect(events.at(-1)?.elapsedMs).toBe(60 * 100 + 6 * 500);
});
