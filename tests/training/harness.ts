// What the tests of the training room share: a tiny run with all stages, ways to stop and kill it, bit-exact snapshots.

import { createHash } from 'node:crypto';
import { type Settings, type SettingsInput, validateSettings } from '../../src/config/index.ts';
import type { Engine, EngineModel } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import type { ModelSpec } from '../../src/model/graph.ts';
import type { PinRequest, TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type RunRecord, type RunStore, type SampleBatch } from '../../src/storage/index.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';
import type { TrainingControl } from '../../src/training/context.ts';
import { runPipeline } from '../../src/training/pipeline.ts';
import { worldOf } from '../../src/world/index.ts';

export const RUN_ID = 'run';

/** Every stage in a few steps. Plain sums of soft scores over all groups, so that almost every group has a gradient. */
const TINY: SettingsInput = {
  size: 'tiny',
  image_size_px: 24,
  grid_sizes: [2],
  engine: 'wasm',
  eval_samples: 10,
  checkpoint_every: 2,
  sft_steps: 25,
  sft_batch: 8,
  sft_examples: 64,
  sft_learning_rate: 0.01,
  heads_steps: 5,
  heads_batch: 8,
  heads_examples: 32,
  heads_holdout: 10,
  stage1_steps: 4,
  stage2_steps: 4,
  prompts_per_step: 4,
  group_size: 4,
  minibatches: 2,
  max_response_tokens: 20,
  recipe: 'safework',
  score_mode: 'soft',
  filter_groups: false,
};

export function tinySettings(overrides: SettingsInput = {}): Settings {
  return validateSettings({ ...TINY, ...overrides });
}

export function runRecord(settings: Settings, id = RUN_ID): RunRecord {
  return {
    id,
    name: '',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    status: 'running',
    settings,
    seed: settings.seed,
    preset: '',
    code: codeOfVersion('test'),
    engine: { backend: 'test', adapter: '', simd: null, threads: null },
    message: '',
  };
}

/** The death of a thread, as far as a store can see it. */
export class Killed extends Error {}

type End = 'stop' | 'kill';

function end(how: End): 'stop' {
  if (how === 'kill') throw new Killed();
  return 'stop';
}

/** Lets everything through. */
const FREE: TrainingControl = { beforeIteration: async () => 'go', pausePoint: async () => 'go' };

/** Ends the run at passage number `nth` (from 1) inside its long work. */
export function endInside(nth: number, how: End): TrainingControl {
  let seen = 0;
  return { ...FREE, pausePoint: async () => (++seen >= nth ? end(how) : 'go') };
}

/** Lets `passes` iterations through, then stops the run or kills it. */
export function endAfter(passes: number, how: End): TrainingControl {
  let seen = 0;
  return { ...FREE, beforeIteration: async () => (seen++ < passes ? 'go' : end(how)) };
}

/** Ends the run once so many iterations of a stage are done; `events` are those of the run. */
export function endAt(
  events: readonly TrainEvent[],
  stage: string,
  iteration: number,
  how: End,
): TrainingControl {
  const reached = (event: TrainEvent) =>
    event.kind === 'progress' && event.stage === stage && event.iteration >= iteration;
  return { ...FREE, beforeIteration: async () => (events.some(reached) ? end(how) : 'go') };
}

/** The same store, but call number `nth` (from 1) of a method throws before it does anything. */
export function failingStore(
  store: RunStore,
  method: keyof RunStore,
  nth: number,
  error: Error = new Killed(),
): RunStore {
  let calls = 0;
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name === method && ++calls === nth) return Promise.reject(error);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}

/** An engine whose models have some methods replaced; `alter` gets each model as it is made. */
export function alteredEngine(
  engine: Engine,
  alter: (model: EngineModel, spec: ModelSpec) => Partial<EngineModel>,
): Engine {
  return {
    ...engine,
    createModel: async (spec, seed) => {
      const model = await engine.createModel(spec, seed);
      const replaced = alter(model, spec);
      return new Proxy(model, {
        get(target, name) {
          if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name) as unknown;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  };
}

export type TinyRun = {
  settings?: Settings;
  store?: RunStore;
  resume?: boolean;
  control?: TrainingControl;
  engine?: Engine;
  pins?: PinRequest;
  /** Gets the events, also of a run that fails. */
  events?: TrainEvent[];
};

export type TinyResult = { store: RunStore; events: TrainEvent[]; result: 'done' | 'stopped' };

/** Runs the pipeline on a fresh engine. @throws whatever ends the run. */
export async function trainTiny({
  settings = tinySettings(),
  store = new MemoryStore(),
  resume = false,
  control = FREE,
  engine,
  pins,
  events = [],
}: TinyRun = {}): Promise<TinyResult> {
  if (!resume) await store.createRun(runRecord(settings));
  const result = await runPipeline(
    {
      runId: RUN_ID,
      settings,
      world: worldOf(settings),
      engine: engine ?? (await createWasmEngine()),
      store,
      control,
      emit: (event) => void events.push(event),
      ...(pins && { pins }),
      now: () => performance.now(),
    },
    resume,
  );
  return { store, events, result };
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail, and did not.');
}

const prepared = new Map<string, Promise<MemoryStore>>();

/** A store with a run that is ready for its first RL iteration under `overrides`: SFT and heads are made once per shape. */
export async function readyForRl(
  overrides: SettingsInput = {},
): Promise<{ settings: Settings; store: RunStore }> {
  const settings = tinySettings({ evaluate: false, stages: ['sft', 'heads', 'stage1'], ...overrides });
  const { backbone, loss_type } = settings;
  const value = loss_type === 'ppo';
  const key = `${backbone} ${value}`;
  const base = prepared.get(key) ?? prepare({ backbone, loss_type: value ? 'ppo' : 'cpgd' } as SettingsInput);
  prepared.set(key, base);
  const source = await base;
  const store = new MemoryStore();
  await store.createRun(runRecord(settings));
  const [checkpoint, heads] = [await source.latestCheckpoint(RUN_ID), await source.getHeads(RUN_ID)];
  if (!checkpoint || !heads) throw new Error('the prepared run has no checkpoint or no heads');
  await store.putCheckpoint(checkpoint);
  await store.putHeads(heads);
  return { settings, store };
}

async function prepare(overrides: SettingsInput): Promise<MemoryStore> {
  const settings = tinySettings({ ...overrides, evaluate: false, stages: ['sft', 'heads'] });
  const store = new MemoryStore();
  await trainTiny({ settings, store });
  return store;
}

/** A run from its first RL iteration on; see `readyForRl`. */
export async function trainRl(
  overrides: SettingsInput = {},
  rest: Omit<TinyRun, 'settings' | 'resume' | 'store'> = {},
): Promise<TinyResult & { settings: Settings }> {
  const { settings, store } = await readyForRl(overrides);
  return { ...(await trainTiny({ ...rest, settings, store, resume: true })), settings };
}

export function fingerprint(data: ArrayBufferView): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${data.constructor.name} of ${data.byteLength} bytes, ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
}

/** Typed arrays by the hash of their bytes, so that equal means bit for bit; everything else as it is. */
function exact(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return fingerprint(value);
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner)]));
}

const isTiming = (name: string) => /^(time|tokens_per_second)\//.test(name);

export async function samplesOf(store: RunStore, runId = RUN_ID): Promise<SampleBatch[]> {
  const steps = [...new Set((await store.sampleIndex({ runId })).map(({ step }) => step))];
  const batches = await Promise.all(steps.map((step) => store.getSamples(runId, step)));
  return batches.filter((batch) => batch !== null);
}

/** All that a run leaves, but for clock readings; rolling checkpoints are left out, for stopping adds some. */
export async function snapshot(store: RunStore, runId = RUN_ID): Promise<{ [part: string]: unknown }> {
  const metrics = (await store.readMetrics(runId)).map((row) => ({
    ...row,
    values: Object.fromEntries(Object.entries(row.values).filter(([name]) => !isTiming(name))),
  }));
  const manifests = (await store.listCheckpoints(runId)).filter(({ kind }) => kind === 'stage-end');
  const checkpoints = await Promise.all(manifests.map(({ id }) => store.getCheckpoint(runId, id)));
  return {
    metrics,
    samples: exact(await samplesOf(store, runId)),
    index: await store.sampleIndex({ runId }),
    heads: exact(await store.getHeads(runId)),
    evaluations: await store.listEvaluations(runId),
    checkpoints: checkpoints.map((checkpoint) => ({
      manifest: { ...checkpoint?.manifest, createdAt: '' },
      tensors: exact(checkpoint?.tensors),
    })),
  };
}
