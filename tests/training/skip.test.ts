// Stages that are ended early: the run goes on with the next one, and what is interrupted after a skip is the run that was not.

import { describe, expect, test } from 'vitest';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type RunStore } from '../../src/storage/index.ts';
import type { TrainingControl } from '../../src/training/context.ts';
import { RunControl } from '../../src/training/runControl.ts';
import { failingStore, failureOf, Killed, RUN_ID, snapshot, tinySettings, trainTiny } from './harness.ts';

/** Skips each stage at its control once so many iterations of it are done. */
function skipping(
  events: readonly TrainEvent[],
  places: { readonly [stage: string]: number },
): TrainingControl {
  return {
    beforeIteration: async (stage) => {
      const done = events.findLast((event) => event.kind === 'progress' && event.stage === stage);
      const iteration = done?.kind === 'progress' ? done.iteration : 0;
      return iteration >= (places[stage] ?? Number.POSITIVE_INFINITY) ? 'skip' : 'go';
    },
    pausePoint: async () => 'go',
  };
}

const settings = tinySettings();
const PLACES = {
  sft: 15,
  'evaluation-sft': 3,
  heads: 2,
  stage1: 0,
  stage2: 1,
  'evaluation-stage2': 0,
};

async function skippedRun(store: RunStore = new MemoryStore()) {
  const events: TrainEvent[] = [];
  return trainTiny({ settings, store, events, control: skipping(events, PLACES) });
}

describe('a run with skipped stages', () => {
  test('does what is left of the plan, and its state says what was skipped', async () => {
    const { store, result, events } = await skippedRun();
    expect(result).toBe('done');
    const rows = await store.readMetrics(RUN_ID);
    const count = (stage: string) => rows.filter((row) => row.stage === stage).length;
    expect(['sft', 'heads', 'stage1', 'stage2'].map(count)).toEqual([15, 2, 0, 1]);
    expect((await store.listEvaluations(RUN_ID)).map(({ stage }) => stage)).toEqual(['stage1']);
    expect((await store.getHeads(RUN_ID))?.step).toBe(17);
    const last = await store.latestCheckpoint(RUN_ID);
    expect(last?.manifest.state).toMatchObject({ skipped: PLACES });
    const told = events.findLast((event) => event.kind === 'progress');
    expect(told).toMatchObject({
      stages: [{ name: 'sft', iterations: 15, skipped: true }, {}, {}, {}, {}, {}, {}],
    });
  });

  test('that is killed after a skip, or stopped anywhere, is the run that was left alone, bit for bit', async () => {
    const expected = await snapshot((await skippedRun()).store);
    const store = new MemoryStore();
    const part = (inner: RunStore, resume: boolean, places: { readonly [stage: string]: number }) => {
      const events: TrainEvent[] = [];
      return trainTiny({ settings, store: inner, events, resume, control: skipping(events, places) });
    };
    const newest = async () => {
      const manifest = (await store.latestCheckpoint(RUN_ID))?.manifest;
      return [manifest?.stage, manifest?.nextIteration, manifest?.kind];
    };
    // Each death comes between a skip and the end of its stage, and nobody asks for that skip again.
    expect(await failureOf(part(failingStore(store, 'putHeads', 1), false, PLACES))).toBeInstanceOf(Killed);
    expect(await newest()).toEqual(['heads', 2, 'rolling']);
    const { stage1, stage2, 'evaluation-stage2': last } = PLACES;
    const rest = { stage1, stage2, 'evaluation-stage2': last };
    expect(await failureOf(part(failingStore(store, 'putCheckpoint', 3), true, rest))).toBeInstanceOf(Killed);
    expect(await newest()).toEqual(['stage1', 0, 'rolling']);
    const final = { stage2, 'evaluation-stage2': last };
    expect((await part(store, true, final)).result).toBe('done');
    expect(await snapshot(store)).toEqual(expected);
    // Done is done, whoever asks: the evaluation that was skipped is not made after all.
    expect((await part(store, true, {})).result).toBe('done');
    expect(await snapshot(store)).toEqual(expected);
  });

  test('skips the heads amid their examples', async () => {
    const control: TrainingControl = {
      beforeIteration: async () => 'go',
      pausePoint: async (stage) => (stage === 'heads' ? 'skip' : 'go'),
    };
    const short = tinySettings({ stages: ['sft', 'heads'], evaluate: false, sft_steps: 2 });
    const { store, result } = await trainTiny({ settings: short, control });
    expect(result).toBe('done');
    expect((await store.readMetrics(RUN_ID)).map((row) => row.stage)).toEqual(['sft', 'sft']);
    expect((await store.getHeads(RUN_ID))?.step).toBe(2);
  });
});

describe('the control', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const make = () => {
    const pauses: boolean[] = [];
    const control = new RunControl(
      async () => undefined,
      async (paused) => void pauses.push(paused),
    );
    return { control, pauses };
  };

  test('skips the stage that was named, once', async () => {
    const { control } = make();
    control.skip('sft');
    expect(await control.beforeIteration('sft')).toBe('skip');
    expect(await control.beforeIteration('sft')).toBe('go');
  });

  test('forgets a skip of a stage that has ended by itself', async () => {
    const { control } = make();
    control.skip('sft');
    expect(await control.pausePoint(null)).toBe('go');
    expect(await control.beforeIteration('heads')).toBe('go');
    expect(await control.beforeIteration('sft')).toBe('go');
  });

  test('lets a paused run skip, and pauses it again before the next stage', async () => {
    const { control, pauses } = make();
    control.set('pause');
    const first = control.beforeIteration('sft');
    await turn();
    control.skip('sft');
    expect(await first).toBe('skip');
    const second = control.beforeIteration('heads');
    await turn();
    control.set('run');
    expect(await second).toBe('go');
    expect(pauses).toEqual([true, true, false]);
  });

  test('stops rather than skips', async () => {
    const { control } = make();
    control.skip('sft');
    control.set('stop');
    expect(await control.beforeIteration('sft')).toBe('stop');
  });

  test('calls once where it rests, and not between steps in a row', async () => {
    let rest = () => {};
    const rests: (() => void)[] = [];
    const control = new RunControl(
      async () => undefined,
      async () => undefined,
      'pause',
      () =>
        new Promise((resolve) => {
          rest = resolve;
          rests.push(resolve);
        }),
    );
    let kept = 0;
    const keep = async () => void kept++;
    const first = control.beforeIteration('sft', keep);
    await turn();
    control.set('step');
    expect(await first).toBe('go');
    const second = control.beforeIteration('sft', keep);
    await turn();
    expect([kept, rests.length]).toEqual([0, 2]);
    rest();
    await turn();
    expect(kept).toBe(1);
    control.set('pause');
    await turn();
    expect([kept, rests.length]).toEqual([1, 2]);
    control.set('run');
    expect(await second).toBe('go');
  });

  test('begins paused where that is asked for', async () => {
    const control = new RunControl(
      async () => undefined,
      async () => undefined,
      'pause',
    );
    const waiting = control.beforeIteration('sft');
    control.set('step');
    expect(await waiting).toBe('go');
  });
});
