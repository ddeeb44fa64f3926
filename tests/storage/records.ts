// Small records for the tests of the store, different for every number that they are made of.

import type {
  Checkpoint,
  EvaluationRecord,
  HeadsRecord,
  MetricRow,
  QueueRecord,
  RunRecord,
  SampleBatch,
} from '../../src/storage/types.ts';

export function makeRun(id: string, createdAt = '2026-01-01T00:00:00.000Z'): RunRecord {
  return {
    id,
    name: `Run "${id}", ü`,
    createdAt,
    updatedAt: createdAt,
    status: 'done',
    settings: {
      group_size: 8,
      learning_rate: 1e-3,
      stages: ['sft', { labels: { safety: 0.5 } }],
      note: null,
    },
    seed: 7,
    preset: 'quick',
    code: { version: 'test', sources: 'a'.repeat(64), commit: 'b'.repeat(40), modified: true },
    engine: { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 2 },
    message: '',
  };
}

export function makeQueue(id: string, createdAt: string): QueueRecord {
  return {
    ...{ id, createdAt, status: 'running', message: '', baseRunId: 'a' },
    plan: { kind: 'cosmo-plan', seeds: [1, 2] },
    ...{ order: [], dropped: [], failures: {}, wallMs: { 'x-1-s1': 1500 } },
  };
}

export function makeRow(step: number, extra: { [name: string]: number } = {}): MetricRow {
  const values = { reward: step / 3, 'rewards/format/mean': 1 / (step + 1), ...extra };
  return { step, stage: step < 4 ? 'sft' : 'stage1', iteration: step + 1, values };
}

/** `groups` x `groupSize` samples of 1 to 5 tokens; the arrays are views of bigger buffers on purpose. */
export function makeBatch(runId: string, step: number, groups = 3, groupSize = 4): SampleBatch {
  const samples = groups * groupSize;
  const view = (length: number, value: (i: number) => number) =>
    Float32Array.from({ length: length + 1000 }, (_, i) => value(i)).subarray(0, length);
  const offsets = makeOffsets(samples, step);
  const promptOffsets = makeOffsets(groups, step + 1);
  const tokens = offsets[samples];
  return {
    runId,
    step,
    stage: step < 4 ? 'stage1' : 'stage2',
    policyVersion: step * 2,
    groupSize,
    promptIds: Array.from({ length: groups }, (_, g) => `prompt-${step}-${g}`),
    labels: Array.from({ length: groups }, (_, g) => ['safety', 'value', 'general'][g % 3]),
    promptTokens: Int32Array.from({ length: promptOffsets[groups] }, (_, i) => i * 3 + step),
    promptOffsets,
    responseTokens: Int32Array.from({ length: tokens }, (_, i) => i + step),
    offsets,
    oldLogProbs: view(tokens, (i) => -i / 7 - step),
    terms: {
      total: view(samples, (i) => ((i * 7 + step) % 5) / 4),
      format: view(samples, (i) => i % 2),
    },
    headVerdicts: {
      safety: {
        classes: Uint8Array.from({ length: samples }, (_, i) => (i % 7 === 6 ? 255 : i % 7)),
        probabilities: view(samples, (i) => (i % 7 === 6 ? Number.NaN : 1 / (1 + (i % 7)))),
      },
      value: { classes: new Uint8Array(samples), probabilities: view(samples, () => 0.75) },
    },
    oracleClasses: { safety: Uint8Array.from({ length: samples }, (_, i) => i % 6) },
    // Group 1 has no variance.
    advantages: view(samples, (i) => (Math.floor(i / groupSize) === 1 ? 0 : Math.sin(i + step))),
  };
}

function makeOffsets(items: number, salt: number): Int32Array {
  const offsets = new Int32Array(items + 1);
  for (let i = 0; i < items; i++) offsets[i + 1] = offsets[i] + 1 + ((i * 5 + salt) % 5);
  return offsets;
}

const MODEL = {
  backbone: 'qwen-mini',
  size: 'small',
  imageSizePx: 24,
  vocabularySize: 233,
  outputs: { lm: true, classes: 0, value: false },
};

export function makeHeads(runId: string, step = 0): HeadsRecord {
  return {
    runId,
    step,
    report: [
      {
        head: 'value',
        classes: ['bad', 'good'],
        accuracy: 0.9,
        low: 0.6,
        high: 1,
        n: 10,
        confusion: [
          [5, 0],
          [1, 4],
        ],
        ece: 0.1,
        bins: [{ confidence: 0.8, accuracy: 0.9, n: 10 }],
      },
    ],
    config: { ...MODEL, outputs: { lm: false, classes: 12, value: false } },
    tensors: {
      'safety.w': { shape: [2, 3], data: Float32Array.of(1, -0, -3e38, 3e38, 1e-40, step) },
    },
  };
}

export function makeCheckpoint(
  runId: string,
  step: number,
  kind: 'rolling' | 'stage-end' = 'rolling',
  numbers = 10,
): Checkpoint {
  const backing = new Float32Array(numbers + 5000);
  for (let i = 0; i < backing.length; i++) backing[i] = step + i / 8;
  return {
    manifest: {
      id: `${kind}-${step}`,
      runId,
      createdAt: '2026-01-01T00:00:00.000Z',
      step,
      stageIndex: 1,
      stage: 'stage1',
      nextIteration: step + 1,
      policyVersion: step * 2,
      kind,
      state: { optimizerSteps: { policy: step }, guardStrikes: 1 },
      model: MODEL,
    },
    tensors: {
      'layer.0/w': { shape: [numbers / 2, 2], data: backing.subarray(3, 3 + numbers) },
      scalar: { shape: [], data: Float32Array.of(step) },
      empty: { shape: [0, 4], data: new Float32Array(0) },
    },
  };
}

export function makeEvaluation(runId: string, stage: string, step: number): EvaluationRecord {
  const score = {
    suite: 'safety',
    metric: 'safe',
    value: step / 100,
    low: 0,
    high: 1,
    n: 64,
    better: 'higher',
  };
  return { runId, stage, step, report: [score] };
}
