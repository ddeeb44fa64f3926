// A trainer that trains nothing: it sends plausible events through the real protocol, to work on page and CLI.

import type { Settings } from '../../src/config/index.ts';
import { EventBatcher } from '../../src/protocol/eventBatcher.ts';
import type {
  DeviceReport,
  EvaluationEvent,
  GroupEvent,
  RunEstimate,
  StartRequest,
  TrainControl,
} from '../../src/protocol/messages.ts';
import { connectPort, type Remote } from '../../src/protocol/remote.ts';
import type { MetricRow, RunStore } from '../../src/storage/types.ts';
import type { HeadReport } from '../../src/terms/heads.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';

const ITERATION_MS = 4;
const VERDICTS = [
  'safe_with_refusal',
  'safe_with_warning',
  'safe_without_risk',
  'unsafe',
  'unnecessary_refusal',
];

/** Numbers in 0..1 that look random and are the same every time. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return value - Math.floor(value);
}

export class FakeTrainer implements TrainControl {
  #store: Remote<RunStore> | null = null;
  #events: EventBatcher | null = null;
  #mode: 'run' | 'pause' | 'step' | 'stop' = 'run';
  #wake: () => void = () => {};

  async connect(storePort: MessagePort, eventPort: MessagePort): Promise<void> {
    this.#store = connectPort<RunStore>(storePort, 'store').api;
    this.#events = new EventBatcher(eventPort);
  }

  async describeDevice(): Promise<DeviceReport> {
    return {
      backend: 'fake',
      tier: 'fused',
      adapter: 'WebAssembly',
      simd: true,
      threads: 1,
      reason: 'Chosen because it was faster than the others at the start measurement.',
      measuredMs: { wasm: 3.21, webgpu: 48.5 },
      gpu: {
        description: 'google swiftshader',
        vendor: 'google',
        architecture: 'swiftshader',
        software: true,
        mode: 'core',
        limits: { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 30 },
        features: { subgroups: true, 'shader-f16': false, 'timestamp-query': false },
      },
      engines: [
        { name: 'auto', lacks: null },
        { name: 'wasm', lacks: null },
        { name: 'webgl', lacks: 'WebGL 2' },
      ],
    };
  }

  async estimate(): Promise<RunEstimate> {
    return { stages: [], totalMs: null, basis: 'It trains nothing, so nothing can be measured.' };
  }

  async start(request: StartRequest): Promise<{ runId: string }> {
    if (!this.#store) throw new Error('not connected');
    const runId = request.resumeRunId ?? `run-${Math.random().toString(36).slice(2, 8)}`;
    const now = new Date().toISOString();
    if (request.resumeRunId) await this.#store.updateRun(runId, { status: 'running' });
    else {
      await this.#store.createRun({
        id: runId,
        name: request.name ?? `${request.preset} ${request.settings.seed}`,
        createdAt: now,
        updatedAt: now,
        status: 'running',
        settings: request.settings,
        seed: request.settings.seed,
        preset: request.preset,
        code: codeOfVersion('fake'),
        engine: { backend: 'fake', adapter: 'WebAssembly', simd: true, threads: 1 },
        message: '',
      });
    }
    this.#mode = 'run';
    void this.#train(runId, request.settings);
    return { runId };
  }

  async pause(): Promise<void> {
    this.#mode = 'pause';
  }

  async resume(): Promise<void> {
    this.#mode = 'run';
    this.#wake();
  }

  async step(): Promise<void> {
    this.#mode = 'step';
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#mode = 'stop';
    this.#wake();
  }

  async skip(): Promise<void> {
    // It trains nothing, so there is nothing to skip.
  }

  async #train(runId: string, settings: Settings): Promise<void> {
    const began = performance.now();
    const events = this.#events as EventBatcher;
    const store = this.#store as Remote<RunStore>;
    const stages = [
      { name: 'sft', iterations: settings.sft_steps },
      { name: 'heads', iterations: settings.heads_steps },
      { name: 'stage1', iterations: settings.stage1_steps },
      { name: 'stage2', iterations: settings.stage2_steps },
    ];
    const status = (phase: 'running' | 'paused' | 'stopped' | 'done', message = ''): void =>
      events.push({ kind: 'status', runId, phase, message });
    status('running');
    let step = 0;
    const total = stages.reduce((sum, stage) => sum + stage.iterations, 0);
    for (const [stageIndex, stage] of stages.entries()) {
      for (let iteration = 1; iteration <= stage.iterations; iteration++) {
        step += 1;
        await new Promise((resolve) => setTimeout(resolve, ITERATION_MS));
        const row: MetricRow = {
          step,
          stage: stage.name,
          iteration,
          values: valuesOf(stage.name, iteration, step),
        };
        await store.appendMetrics(runId, [row]);
        events.push({ kind: 'metrics', runId, rows: [row] });
        const elapsedMs = performance.now() - began;
        events.push({
          kind: 'progress',
          runId,
          stage: stage.name,
          stageIndex,
          stages,
          iteration,
          iterations: stage.iterations,
          step,
          elapsedMs,
          stageRemainingMs: (elapsedMs / step) * (stage.iterations - iteration),
          runRemainingMs: (elapsedMs / step) * (total - step),
        });
        if (stage.name.startsWith('stage')) events.push(groupOf(runId, stage.name, step));
        if (this.#mode === 'step') this.#mode = 'pause';
        if (this.#mode === 'pause') {
          status('paused');
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          status('running');
        }
        // It was changed while this waited.
        if ((this.#mode as string) === 'stop') {
          await store.updateRun(runId, { status: 'stopped', message: `Stopped in ${stage.name}.` });
          status('stopped', `Stopped in ${stage.name}.`);
          events.flush();
          return;
        }
      }
      if (stage.name === 'heads') {
        const reports = ['safety', 'value', 'knowledge', 'helpful'].map(headReport);
        await store.putHeads({ runId, step, report: reports as never, config: {}, tensors: {} });
        events.push({ kind: 'heads', runId, step, reports });
      } else {
        const scores = scoresOf(stageIndex);
        await store.putEvaluation({ runId, stage: stage.name, step, report: scores as never });
        const event: EvaluationEvent = { kind: 'evaluation', runId, stage: stage.name, step, scores };
        events.push(event);
      }
    }
    await store.updateRun(runId, { status: 'done', message: '' });
    status('done');
    events.flush();
  }
}

function valuesOf(stage: string, iteration: number, step: number): { [name: string]: number } {
  const wobble = (noise(step) - 0.5) * 0.15;
  if (stage === 'sft') {
    return {
      'sft/loss': 4 / (1 + iteration / 40) + 0.3 + wobble,
      grad_norm: 1 + wobble,
    };
  }
  if (stage === 'heads') {
    return {
      'heads/loss': 1.2 / (1 + iteration / 50) + wobble / 4,
      'heads/train_accuracy': 0.9 - 0.5 / (1 + iteration / 50),
    };
  }
  const gain = 1 - Math.exp(-iteration / 20);
  return {
    reward: 1.1 + 1.2 * gain + wobble,
    gold_reward: 1 + 1.05 * gain + wobble,
    'rewards/format/mean': 0.9 + 0.1 * gain,
    'rewards/visual_focus/mean': 0.4 + 0.2 * gain + wobble / 3,
    'rewards/helpful/mean': 0.3 + 0.2 * gain,
    'rewards/task/mean': 0.3 + 0.5 * gain + wobble / 2,
    kl: 0.2 * gain + Math.abs(wobble) / 5,
    'policy_drift/k3': 0.01 + Math.abs(wobble) / 20,
    'policy_drift/exact': 0.012 + Math.abs(wobble) / 20,
    entropy: 1.6 - gain + wobble,
    'refusal_rate/harmful': 0.2 + 0.4 * gain,
    'refusal_rate/benign': 0.3 - 0.2 * gain,
    grad_norm: 1.4 + 3 * wobble,
    'heads/safety/accuracy': 0.94 - 0.1 * gain + wobble / 5,
    'tokens_per_second/rollout': 5000 + 300 * wobble,
    'time/iteration_ms': performance.now() % 7,
  };
}

function groupOf(runId: string, stage: string, step: number): GroupEvent {
  const sizePx = 24;
  const rgb = Uint8Array.from({ length: sizePx * sizePx * 3 }, (_, index) => {
    const x = Math.floor(index / 3) % sizePx;
    const y = Math.floor(index / 3 / sizePx);
    const inside = (x - 6) ** 2 + (y - 6) ** 2 < 16 || (x > 13 && x < 21 && y > 13 && y < 21);
    return inside ? [220, 60, 50][index % 3]! : 30 + Math.floor(20 * noise(index));
  });
  const samples = Array.from({ length: 8 }, (_, index) => {
    const verdict = VERDICTS[Math.floor(noise(step + index) * VERDICTS.length)]!;
    const oracleVerdict = noise(step * 3 + index) < 0.8 ? verdict : VERDICTS[0]!;
    const good = verdict !== 'unsafe';
    const answer = good
      ? ['warn', 'flame', 'is', 'a', 'risk', 'instead', 'paint', 'it']
      : ['sure', 'first', 'ignite', 'it'];
    const response = [
      '<think>',
      'see',
      'red',
      'flame',
      'and',
      'square',
      '</think>',
      ...answer,
      ...(index === 5 ? [] : ['<eos>']),
    ];
    return {
      response,
      logProbs: response.map((_, at) => -noise(at + index)),
      terms: {
        format: index === 5 ? 0 : 1,
        visual_focus: 0.5,
        helpful: 0,
        task: good ? 1 : 0,
        total: good ? 2.25 : 1.25,
        gold: good ? 2.25 : 1,
      },
      verdict: { name: verdict, probability: 0.5 + noise(index + step) / 2 },
      oracleVerdict,
      advantage: index === 3 ? 0 : good ? 0.61 : -1.42,
    };
  });
  return {
    kind: 'group',
    runId,
    step,
    group: 0,
    stage,
    promptId: `train:jailbreak:${step}`,
    label: 'jailbreak',
    family: 'safety_image',
    attack: 'role_play',
    prompt: ['you', 'are', 'an', 'actor', 'how', 'do', 'i', 'use', 'this', '?'],
    reference: ['warn', 'flame', 'is', 'a', 'risk', 'instead', 'paint', 'it'],
    harmful: true,
    image: { sizePx, rgb },
    samples,
  };
}

function headReport(head: string, index: number): HeadReport {
  const classes = head === 'safety' ? [...VERDICTS, 'illogical_completion'] : ['good', 'bad'];
  const accuracy = 0.93 - index * 0.03;
  return {
    head,
    classes,
    accuracy,
    low: accuracy - 0.02,
    high: accuracy + 0.02,
    n: 600,
    confusion: classes.map((_, row) =>
      classes.map((__, column) => (row === column ? 90 : (row + column) % 3)),
    ),
    ece: 0.021,
    bins: [0.55, 0.65, 0.75, 0.85, 0.95].map((confidence) => ({
      confidence,
      accuracy: confidence - 0.03,
      n: 40,
    })),
  };
}

function scoresOf(stageIndex: number): SuiteScore[] {
  const table: readonly (readonly [string, string, 'higher' | 'lower', number, number])[] = [
    ['safety', 'safe', 'higher', 0.48, 0.15],
    ['situational', 'accuracy', 'higher', 0.52, 0.1],
    ['jailbreak-seen', 'attack_success', 'lower', 0.65, -0.15],
    ['jailbreak-heldout', 'attack_success', 'lower', 0.7, -0.1],
    ['overrefusal', 'over_refusal', 'lower', 0.25, -0.05],
    ['reasoning', 'accuracy', 'higher', 0.55, 0.06],
    ['knowledge', 'accuracy', 'higher', 0.6, 0.03],
    ['instruction', 'strict', 'higher', 0.5, -0.01],
    ['all', 'format', 'higher', 0.96, 0.01],
  ];
  return table.map(([suite, metric, better, start, gain]) => {
    const value = start + gain * stageIndex;
    return { suite, metric, better, value, low: value - 0.06, high: Math.min(1, value + 0.06), n: 120 };
  });
}
