// Pinned prompts: answered while a run trains, of the weights as they are, and without a trace in the run.

import { expect, test } from 'vitest';
import type { PinnedEvent, PinRequest, TrainEvent } from '../../src/protocol/messages.ts';
import { metricsDigest } from '../../src/storage/metricsDigest.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import type { RunState } from '../../src/training/context.ts';
import { checkPins, PinnedPrompts } from '../../src/training/pinned.ts';
import { stagePlan } from '../../src/training/stages.ts';
import { worldOf } from '../../src/world/index.ts';
import { EOS } from '../../src/world/vocabulary.ts';
import { RUN_ID, snapshot, tinySettings, trainTiny } from './harness.ts';

const PINS: PinRequest = {
  prompts: ['suite:jailbreak-seen:0', 'suite:overrefusal:0'],
  suites: ['safety', 'overrefusal'],
  samples: 10,
  every: 1,
};

const pinnedOf = (events: readonly TrainEvent[]): PinnedEvent[] =>
  events.filter((event) => event.kind === 'pinned');

test('a run with pinned prompts is the run without them, bit for bit; the answers are those of its weights', async () => {
  const [without, asked] = [await trainTiny(), await trainTiny({ pins: PINS })];
  const pinned = pinnedOf(asked.events);
  expect(pinnedOf(without.events)).toEqual([]);
  expect(await snapshot(asked.store)).toEqual(await snapshot(without.store));
  const digests = [without, asked].map(async ({ store }) => metricsDigest(await store.readMetrics(RUN_ID)));
  const [plain, other] = await Promise.all(digests);
  expect(other).toBe(plain);

  // Before the first iteration and after the last one of each stage that changes the policy.
  const places = pinned.map(({ stage, step }) => `${stage} ${step}`);
  for (const place of ['sft 0', 'sft 25', 'stage1 30', 'stage1 34', 'stage2 34', 'stage2 38'])
    expect(places).toContain(place);
  expect(places.some((place) => place.startsWith('heads'))).toBe(false);
  expect(pinned[0]?.answers.map(({ promptId }) => promptId)).toEqual(PINS.prompts);

  // The test after the stage answers the same prompts with the same weights.
  const last = pinned.at(-1);
  const tests = asked.events.findLast((event) => event.kind === 'evaluation');
  const of = (scores: readonly SuiteScore[] = []) =>
    scores.filter(({ suite }) => suite === 'safety' || suite === 'overrefusal');
  expect(of(last?.scores)).toEqual(of(tests?.scores));
  const before = pinned.find(({ stage }) => stage === 'sft');
  expect(last?.answers, 'the policy has learnt').not.toEqual(before?.answers);
});

/** Asks at a clock that moves `iterationMs` an iteration and `answerMs` for each of three calls of the policy. */
async function timesAsked(iterations: number, iterationMs: number, answerMs: number): Promise<number[]> {
  const settings = tinySettings({ stages: ['sft'], sft_steps: iterations, evaluate: false });
  let clock = 0;
  const events: TrainEvent[] = [];
  const pinned = new PinnedPrompts({
    runId: RUN_ID,
    settings,
    world: worldOf(settings),
    emit: (event) => void events.push(event),
    now: () => clock,
    pins: { ...PINS, every: 2 },
  });
  const state = {
    step: 0,
    encoder: { prompts: (prompts: unknown) => prompts },
    policy: {
      generate: async ({ prompts }: { prompts: readonly unknown[] }) => {
        clock += answerMs;
        return { tokens: prompts.map(() => Int32Array.of(EOS)) };
      },
    },
  };
  const [stage] = stagePlan(settings);
  if (!stage) throw new Error('a plan has a stage');
  for (let done = 0; done <= iterations; done++) {
    if (done > 0) clock += iterationMs;
    state.step = done;
    await pinned.answer(state as unknown as RunState, stage, done);
  }
  return pinnedOf(events).map(({ step }) => step);
}

test('every few iterations, and more seldom where the answers would take over a tenth of the time', async () => {
  expect(await timesAsked(7, 100, 1)).toEqual([0, 2, 4, 6, 7]);
  expect(await timesAsked(20, 100, 33)).toEqual([0, 10, 20]);
});

test('refuses prompts that do not exist', () => {
  const world = worldOf(tinySettings());
  checkPins(PINS, world);
  expect(() => checkPins({ ...PINS, prompts: ['suite:nothing:0'] }, world)).toThrow(/No prompt has the id/);
});
