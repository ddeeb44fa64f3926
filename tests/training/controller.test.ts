// The controller: phases and their order, one run at a time, locks, failures that leave nothing half made.

import { describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { Settings, SettingsInput } from '../../src/config/index.ts';
import { CODE, resolvePreset, validateSettings } from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { requireRoom } from '../../src/engine/wasm/room.ts';
import { createWgslEngine, PORTABLE } from '../../src/engine/wgsl/engine.ts';
import type { StartRequest, TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type RunStore } from '../../src/storage/index.ts';
import { codeOfVersion, type EngineIdentity, engineOfText } from '../../src/terms/origin.ts';
import type { RunPhase } from '../../src/terms/run.ts';
import { type ControllerOptions, RunController } from '../../src/training/controller.ts';
import { workOf } from '../../src/training/workloads.ts';
import { mockDevice } from '../engine/mockDevice.ts';
import { failingStore, failureOf, tinySettings } from './harness.ts';

const SHORT: SettingsInput = {
  stages: ['sft'],
  evaluate: false,
  sft_steps: 6,
  sft_batch: 2,
  checkpoint_every: 2,
};

type Fixture = {
  controller: RunController;
  store: RunStore;
  events: TrainEvent[];
  phases: () => RunPhase[];
  /** Engines that are in use. */
  engines: () => number;
  locked: Set<string>;
  request: (overrides?: SettingsInput) => StartRequest;
  /** Resolves once so many status events of a phase have been seen. */
  reached: (phase: RunPhase, times?: number) => Promise<void>;
};

function fixture(options: Partial<ControllerOptions> = {}): Fixture {
  const store = options.store ?? new MemoryStore();
  const events: TrainEvent[] = [];
  const locked = new Set<string>();
  let engines = 0;
  let noticed = () => {};
  const phases = () => events.filter((event) => event.kind === 'status').map(({ phase }) => phase);
  const controller = new RunController({
    store,
    emit: (event) => {
      events.push(event);
      noticed();
    },
    chooseEngine: async () => {
      const engine = await createWasmEngine();
      engines++;
      const dispose = () => void engines--;
      return { engine: { ...engine, dispose }, reason: 'The test chose it.', measuredMs: {} };
    },
    yieldThread: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => performance.now(),
    timestamp: () => '2026-11-23T22:45:01.000Z',
    lock: async (runId) => {
      if (locked.has(runId)) return null;
      locked.add(runId);
      return () => void locked.delete(runId);
    },
    ...options,
  });
  return {
    controller,
    store,
    events,
    phases,
    engines: () => engines,
    locked,
    request: (overrides = {}) => ({
      settings: tinySettings({ ...SHORT, ...overrides }),
      preset: 'smoke',
      name: 'A test',
    }),
    reached: (phase, times = 1) =>
      new Promise((resolve) => {
        noticed = () => {
          if (phases().filter((seen) => seen === phase).length >= times) resolve();
        };
        noticed();
      }),
  };
}

const iterations = (events: readonly TrainEvent[]) => events.filter(({ kind }) => kind === 'metrics').length;

describe('an estimate', () => {
  const engine: EngineIdentity = { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 1 };

  test('is not known, is measured where that is asked for, and then holds for other settings of such a model', async () => {
    const { controller, request, engines } = fixture();
    const ask = (overrides: SettingsInput, measure = false) =>
      controller.estimate({ settings: request(overrides).settings, engine, measure });
    expect((await ask({})).totalMs).toBeNull();
    const measured = await ask({}, true);
    expect(measured.totalMs).toBeGreaterThan(0);
    expect(engines()).toBe(0);
    const twice = await ask({ sft_steps: 12 });
    expect(twice.totalMs).toBeCloseTo(2 * (measured.totalMs ?? 0), 6);
    expect(twice.basis).toBe(measured.basis);
    // Another model has another speed.
    expect((await ask({ backbone: 'internvl-mini' })).totalMs).toBeNull();
  });

  test('comes from the times of a run on this device rather than from a measured step', async () => {
    const { controller, request } = fixture();
    const { settings } = request();
    await controller.estimate({ settings, engine, measure: true });
    await controller.start(request());
    await controller.finished();
    const { basis, stages } = await controller.estimate({ settings, engine, measure: true });
    expect(basis).toMatch(/^From the times of the run A test on this device/);
    expect(stages.every(({ ms }) => ms !== null && ms >= 0)).toBe(true);
    const elsewhere = await controller.estimate({
      settings,
      engine: { ...engine, threads: 2 },
      measure: false,
    });
    expect(elsewhere.totalMs).toBeNull();
  });
});

describe('a run', () => {
  test('is recorded, announced, and ends as done', async () => {
    const { controller, store, events, phases, request, engines, locked } = fixture();
    const { runId } = await controller.start(request());
    expect(runId).toMatch(/^20261123-224501-s7-[0-9a-z]{4}$/);
    expect(await store.getRun(runId)).toMatchObject({
      name: 'A test',
      preset: 'smoke',
      seed: 7,
      status: 'running',
      engine: { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 1 },
      code: CODE,
    });
    expect(locked.has(runId)).toBe(true);
    await controller.finished();
    expect(phases()).toEqual(['running', 'done']);
    expect(events[0]).toMatchObject({ kind: 'status', message: 'The test chose it.' });
    expect(events.at(-1)).toMatchObject({ kind: 'status', phase: 'done' });
    expect(events.every((event) => event.runId === runId)).toBe(true);
    expect(iterations(events)).toBe(6);
    expect(await store.getRun(runId)).toMatchObject({ status: 'done', settings: request().settings });
    expect([engines(), locked.size]).toEqual([0, 0]);
  });

  test('answers pinned prompts, and does not begin with one that does not exist', async () => {
    const { controller, events, request, store } = fixture();
    const pins = { prompts: ['suite:value:0'], suites: ['value'], samples: 2, every: 2 } as const;
    await controller.start({ ...request(), pins });
    await controller.finished();
    const steps = events.flatMap((event) => (event.kind === 'pinned' ? [event.step] : []));
    expect([steps[0], steps.at(-1)]).toEqual([0, 6]);
    const unknown = { ...request(), pins: { ...pins, prompts: ['suite:value:none'] } };
    expect(await failureOf(controller.start(unknown))).toMatchObject({ code: 'not-found' });
    expect(await store.listRuns()).toHaveLength(1);
  });

  test('pauses, steps one iteration at a time, goes on', async () => {
    const { controller, store, events, phases, request, reached } = fixture();
    const { runId } = await controller.start(request());
    await controller.pause();
    await reached('paused');
    const before = iterations(events);
    expect(before).toBeLessThan(6);
    expect((await store.getRun(runId))?.status).toBe('paused');
    await controller.step();
    await reached('paused', 2);
    expect(iterations(events)).toBe(before + 1);
    await controller.step();
    await reached('paused', 3);
    expect(iterations(events)).toBe(before + 2);
    await controller.resume();
    await controller.finished();
    expect(phases()).toEqual(['running', 'paused', 'paused', 'paused', 'running', 'done']);
  });

  test('keeps the place where a paused run rests, so that a thread that dies then loses no iteration', async () => {
    const { controller, store, events, request, reached } = fixture();
    const kept = () => events.findLast((event) => event.kind === 'progress' && event.kept === true);
    const { runId } = await controller.start(request({ checkpoint_every: 100 }));
    await controller.pause();
    await reached('paused');
    while (!kept()) await new Promise((resolve) => setTimeout(resolve, 20));
    const done = iterations(events);
    expect(kept()).toMatchObject({ step: done, iteration: done, stage: 'sft' });
    expect((await store.latestCheckpoint(runId))?.manifest).toMatchObject({
      step: done,
      nextIteration: done,
    });
    await controller.stop();

    // What goes on says first where.
    events.length = 0;
    await controller.start({ ...request(), resumeRunId: runId, paused: true });
    await reached('paused');
    expect(kept()).toMatchObject({ step: done, iteration: done });
    await controller.stop();
  });

  test('lives on where a paused run cannot be kept', async () => {
    const store = failingStore(new MemoryStore(), 'putCheckpoint', 1);
    const { controller, events, request, reached, phases } = fixture({ store });
    await controller.start(request({ checkpoint_every: 100 }));
    await controller.pause();
    await reached('paused');
    while (!events.some(({ kind }) => kind === 'error'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(phases()).toEqual(['running', 'paused']);
    await controller.resume();
    await reached('running', 2);
    await controller.finished();
  });

  test('stops with a checkpoint, also while it is paused, and goes on under its own id and settings', async () => {
    const { controller, store, events, phases, request, reached } = fixture();
    const { runId } = await controller.start(request({ checkpoint_every: 100 }));
    await controller.pause();
    await reached('paused');
    await controller.stop();
    expect(phases()).toEqual(['running', 'paused', 'stopped']);
    expect((await store.getRun(runId))?.status).toBe('stopped');
    const done = iterations(events);
    expect((await store.latestCheckpoint(runId))?.manifest.nextIteration).toBe(done);
    const other = request({ sft_steps: 99, seed: 1 });
    expect(await controller.start({ ...other, resumeRunId: runId })).toEqual({ runId });
    await controller.finished();
    expect(iterations(events)).toBe(6);
    expect(await store.getRun(runId)).toMatchObject({
      status: 'done',
      seed: 7,
      message: 'All stages are done.',
    });
    expect(await store.listRuns()).toHaveLength(1);
  });

  test('pauses, steps and stops amid the examples of the heads', async () => {
    const { controller, events, phases, request, reached, store } = fixture();
    const parts = () => events.filter((event) => event.kind === 'progress' && event.preparing).length;
    const heads = () =>
      events.filter((event) => event.kind === 'progress').filter(({ stage }) => stage === 'heads');
    const settings = { stages: ['sft', 'heads'], heads_examples: 640, sft_steps: 2 } as const;
    const { runId } = await controller.start(request(settings));
    const amid = async () => {
      while (parts() === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    await amid();
    await controller.pause();
    await reached('paused');
    expect(heads().every((event) => event.iteration === 0)).toBe(true);
    expect(parts()).toBeLessThan(20);
    // A step goes on to the end of the iteration, however many pause points lie before it.
    await controller.step();
    await reached('paused', 2);
    expect(heads().at(-1)).toMatchObject({ iteration: 1, stage: 'heads' });
    await controller.stop();
    expect(phases().at(-1)).toBe('stopped');
    expect((await store.latestCheckpoint(runId))?.manifest).toMatchObject({
      stage: 'heads',
      nextIteration: 1,
    });

    // Resumed, it makes the examples again; told to stop there, it ends before the next iteration.
    events.length = 0;
    await controller.start({ ...request(settings), resumeRunId: runId });
    await amid();
    await controller.stop();
    expect(parts()).toBeLessThan(20);
    expect(phases().at(-1)).toBe('stopped');
    expect((await store.latestCheckpoint(runId))?.manifest).toMatchObject({
      stage: 'heads',
      nextIteration: 1,
    });
  });

  test('hears what it is told while it is still starting', async () => {
    const { controller, request, phases, store } = fixture();
    const starting = controller.start(request());
    await controller.stop();
    const { runId } = await starting;
    expect(phases()).toEqual(['running', 'stopped']);
    expect((await store.getRun(runId))?.status).toBe('stopped');
    // Without a run, commands do nothing.
    await Promise.all([controller.pause(), controller.resume(), controller.step(), controller.stop()]);
  });

  test('is alone: a second start is refused as busy, a later one is not', async () => {
    const { controller, request, store } = fixture();
    const starting = controller.start(request());
    expect(await failureOf(controller.start(request()))).toMatchObject({ code: 'busy' });
    await starting;
    expect(await failureOf(controller.start(request()))).toMatchObject({ code: 'busy' });
    await controller.finished();
    await controller.start(request());
    await controller.finished();
    expect((await store.listRuns()).map(({ status }) => status)).toEqual(['done', 'done']);
  });
});

describe('a start that fails', () => {
  test('for a run that is not stored', async () => {
    const { controller, request, engines } = fixture();
    const error = await failureOf(controller.start({ ...request(), resumeRunId: 'gone' }));
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining('gone') });
    expect(engines()).toBe(0);
  });

  test('for a run that another tab trains', async () => {
    const { controller, request, store, phases, locked, engines } = fixture();
    const { runId } = await controller.start(request());
    await controller.stop();
    locked.add(runId);
    const seen = phases().length;
    expect(await failureOf(controller.start({ ...request(), resumeRunId: runId }))).toMatchObject({
      code: 'busy',
      message: 'This run is being trained in another tab.',
    });
    expect((await store.getRun(runId))?.status).toBe('stopped');
    expect([phases().length, engines()]).toEqual([seen, 0]);
    locked.delete(runId);
    await controller.start({ ...request(), resumeRunId: runId });
    await controller.finished();
    expect((await store.getRun(runId))?.status).toBe('done');
  });

  test('for want of a device leaves no run, no lock, no event, and the next one may begin', async () => {
    let refusals = 1;
    const { controller, request, store, events, locked } = fixture({
      chooseEngine: async () => {
        if (refusals-- > 0) throw new PlaygroundError('no-device', 'There is no GPU here.', 'Choose wasm.');
        return { engine: await createWasmEngine(), reason: '', measuredMs: {} };
      },
    });
    expect(await failureOf(controller.start(request()))).toMatchObject({ code: 'no-device' });
    expect([await store.listRuns(), events, locked.size]).toEqual([[], [], 0]);
    await controller.start(request());
    await controller.finished();
    expect(await store.listRuns()).toHaveLength(1);
  });

  test('of the store leaves no lock and no engine', async () => {
    const full = new PlaygroundError('disk-full', 'The disk is full.', 'Delete runs.');
    const { controller, request, locked, engines } = fixture({
      store: failingStore(new MemoryStore(), 'createRun', 1, full),
    });
    expect(await failureOf(controller.start(request()))).toBe(full);
    expect([locked.size, engines()]).toEqual([0, 0]);
  });

  test('for settings that do not hold', async () => {
    const { controller, request, store } = fixture();
    const settings = { ...request().settings, group_size: 1 } as Settings;
    const error = await failureOf(controller.start({ ...request(), settings }));
    expect(error).toMatchObject({ code: 'bad-setting', message: expect.stringContaining('group_size') });
    expect(await store.listRuns()).toEqual([]);
  });
});

describe('a run that fails', () => {
  test('for a full disk says so, and keeps what was stored before', async () => {
    const inner = new MemoryStore();
    const full = new PlaygroundError('disk-full', 'The disk is full.', 'Delete runs.');
    const { controller, request, events, phases, engines, locked } = fixture({
      store: failingStore(inner, 'putCheckpoint', 2, full),
    });
    const { runId } = await controller.start(request());
    await controller.finished();
    expect(phases()).toEqual(['running', 'failed']);
    const told = events.find((event) => event.kind === 'error');
    expect(told).toMatchObject({ runId, error: { code: 'disk-full', message: 'The disk is full.' } });
    expect(await inner.getRun(runId)).toMatchObject({
      status: 'failed',
      message: 'The disk is full. Delete runs.',
    });
    expect((await inner.readMetrics(runId)).length).toBe(4);
    expect((await inner.latestCheckpoint(runId))?.manifest.step).toBe(2);
    expect([engines(), locked.size]).toEqual([0, 0]);
    await controller.start({ ...request(), resumeRunId: runId });
    await controller.finished();
    expect(await inner.getRun(runId)).toMatchObject({ status: 'done' });
  });

  test('a resumed run keeps the engine it began on, whatever `auto` would choose now', async () => {
    const asked: string[] = [];
    const { controller, store, request } = fixture({
      chooseEngine: async (choice) => {
        asked.push(choice);
        return { engine: await createWasmEngine(), reason: '', measuredMs: {} };
      },
    });
    const { runId } = await controller.start(request({ engine: 'auto' }));
    await controller.finished();
    await controller.start({ ...request(), resumeRunId: runId });
    await controller.finished();
    await store.updateRun(runId, { engine: engineOfText('webgpu (some adapter)') });
    await controller.start({ ...request(), resumeRunId: runId });
    await controller.finished();
    expect(asked).toEqual(['auto', 'wasm', 'webgpu']);
  });

  test('says why even when the store cannot take its status', async () => {
    const full = new PlaygroundError('disk-full', 'The disk is full.', 'Delete runs.');
    const broken = failingStore(
      failingStore(new MemoryStore(), 'appendMetrics', 3, full),
      'updateRun',
      1,
      full,
    );
    const { controller, request, phases, events } = fixture({ store: broken });
    await controller.start(request());
    await controller.finished();
    expect(phases()).toEqual(['running', 'failed']);
    expect(events.at(-1)).toMatchObject({ phase: 'failed', message: 'The disk is full. Delete runs.' });
  });

  test('a resumed run says so where another version of the program began it', async () => {
    const { controller, store, request, events } = fixture();
    const { runId } = await controller.start(request());
    await controller.stop();
    const greeting = async () => {
      const seen = events.length;
      await controller.start({ ...request(), resumeRunId: runId });
      await controller.stop();
      return events.slice(seen).find(({ kind }) => kind === 'status');
    };
    expect(await greeting()).toMatchObject({ phase: 'running', message: 'The test chose it.' });
    await store.updateRun(runId, { code: codeOfVersion('0.0.9') });
    expect(await greeting()).toMatchObject({
      phase: 'running',
      message: expect.stringMatching(/^The test chose it\. .*begun with version 0\.0\.9 .* goes on with \d/),
    });
    expect(await store.getRun(runId)).toMatchObject({ status: 'stopped', code: { version: '0.0.9' } });
    const { settings } = request();
    await store.updateRun(runId, { code: CODE, settings: { ...settings, reward_shaping: 'none' } });
    expect(await greeting()).toMatchObject({
      phase: 'running',
      message: expect.stringMatching(/^The test chose it\. This version does not know reward_shaping /),
    });
    await store.updateRun(runId, { settings: { ...settings, group_size: 'many' } });
    expect(await failureOf(greeting())).toMatchObject({
      code: 'bad-setting',
      details: { setting: 'group_size' },
    });
  });

  test('for missing heads names the head, and keeps what was stored before', async () => {
    const { controller, request, store, events } = fixture();
    const { runId } = await controller.start(
      request({ stages: ['sft', 'stage1'], stage1_mix: { safety: 1 } }),
    );
    await controller.finished();
    expect(await store.getRun(runId)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('needs the safety head'),
    });
    expect(events.find(({ kind }) => kind === 'error')).toMatchObject({
      error: { code: 'missing-head', details: { head: 'safety' }, hint: expect.stringContaining('heads') },
    });
    expect((await store.readMetrics(runId)).length).toBe(6);
    expect((await store.latestCheckpoint(runId))?.manifest.stage).toBe('sft');
    expect((await store.getRun(runId))?.failure).toMatchObject({
      code: 'missing-head',
      details: { head: 'safety' },
    });
  });
});

test('the device report tells engine, adapter and reason, and leaves no engine behind', async () => {
  const { controller, engines } = fixture();
  expect(await controller.describeDevice('wasm')).toEqual({
    backend: 'wasm',
    tier: 'fused',
    adapter: 'WebAssembly',
    simd: 'plain',
    threads: 1,
    reason: 'The test chose it.',
    measuredMs: {},
  });
  expect(engines()).toBe(0);
  expect(await failureOf(controller.describeDevice('abacus'))).toMatchObject({ code: 'bad-setting' });
});

test('the device report adds what else there is to compute on, and does without where looking fails', async () => {
  const facts = { gpu: 'no-webgpu', engines: [{ name: 'cpu', lacks: null }] } as const;
  const { controller } = fixture({ deviceFacts: async () => facts });
  expect(await controller.describeDevice('wasm')).toMatchObject({ backend: 'wasm', ...facts });
  const blind = fixture({ deviceFacts: () => Promise.reject(new Error('The driver is gone.')) });
  expect(await blind.controller.describeDevice('wasm')).not.toHaveProperty('gpu');
});

describe('CASES 19: a run that cannot fit', () => {
  test('is refused before anything is stored or trained, with the settings to lower', async () => {
    const { controller, store, engines, locked, request } = fixture();
    const asked = request({
      size: 'large',
      stages: ['sft', 'heads', 'stage1'],
      group_size: 64,
      prompts_per_step: 256,
      minibatches: 1,
    });
    const error = await failureOf(controller.start(asked));
    expect(error).toBeInstanceOf(PlaygroundError);
    const { code, message, hint } = error as PlaygroundError;
    expect(code).toBe('out-of-memory');
    expect(message).toMatch(
      /^An RL update on 16384 responses of 20 tokens through qwen-mini large needs about/,
    );
    expect(hint).toBe('Lower group_size, prompts_per_step or max_response_tokens, or raise minibatches.');
    expect(await store.listRuns()).toEqual([]);
    expect([engines(), locked.size]).toEqual([0, 0]);
    // A batch of SFT is SFT's. Memory that threads share has room for half as much.
    const threaded = fixture({
      chooseEngine: async () => ({
        engine: await createWasmEngine({ threads: 2 }),
        reason: '',
        measuredMs: {},
      }),
    });
    const wide = threaded.request({ size: 'large', image_size_px: 48, sft_batch: 512 });
    expect(await failureOf(threaded.controller.start(wide))).toMatchObject({ hint: 'Lower sft_batch.' });
  });

  test('on the adapter that `auto` took trains on wasm, and says so', async () => {
    const chosen: string[] = [];
    const { controller, events, request } = fixture({
      chooseEngine: async (choice) => {
        chosen.push(choice);
        const { device } = mockDevice(2 ** 21);
        const engine =
          choice === 'wasm'
            ? await createWasmEngine()
            : await createWgslEngine({
                device: { device, description: 'a small adapter' },
                variants: PORTABLE,
              });
        return { engine, reason: 'The test chose it.', measuredMs: {} };
      },
    });
    await controller.start(request({ engine: 'auto', sft_batch: 64 }));
    await controller.finished();
    expect(chosen).toEqual(['auto', 'wasm']);
    const [first] = events.filter((event) => event.kind === 'status').map(({ message }) => message);
    expect(first).toMatch(
      /^The fused wasm engine, for WebGPU has no room\. An SFT update on 64 demonstrations through qwen-mini tiny: the \w+ buffer would take .* the adapter allows 2\.1 MB\.$/,
    );
    expect(iterations(events)).toBe(6);
    // A choice by name is taken or refused, never replaced.
    const error = await failureOf(controller.start(request({ engine: 'wgsl', sft_batch: 64 })));
    expect(error).toMatchObject({ code: 'out-of-memory' });
    expect((error as PlaygroundError).hint).toMatch(/Lower sft_batch\. Or choose the engine "wasm"\./);
  });

  test.each(
    (['qwen-mini', 'internvl-mini', 'deepseek-mini'] as const).flatMap((backbone) =>
      ['', 'quick', 'full'].map((preset) => [preset, backbone] as const),
    ),
  )(
    'does not exist for preset "%s" at size `large`: %s needs less than 1 GB of the 2 GiB',
    (preset, backbone) => {
      const settings = validateSettings({ size: 'large', backbone }, resolvePreset(preset).settings);
      const { models, work } = workOf(settings);
      expect(() => requireRoom({ mostBytes: 1e9, takenBytes: 0 }, models, work)).not.toThrow();
      expect(() => requireRoom({ mostBytes: 2 ** 29, takenBytes: 0 }, models, work)).toThrow(
        /compute memory/,
      );
    },
  );
});
