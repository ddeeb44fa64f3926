// One training thread's run: start, pause, step, stop, resume; what it says goes to the store and out as events.

import { asPlaygroundError, messageOf, PlaygroundError, toWireError } from '../base/errors.ts';
import { type Settings, validateSettings } from '../config/index.ts';
import type { ChooseOptions, ChosenEngine, DeviceFacts } from '../engine/index.ts';
import type { Engine } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import type {
  DeviceReport,
  EstimateRequest,
  PinRequest,
  PlannedStage,
  RunEstimate,
  StartRequest,
  TrainEvent,
} from '../protocol/messages.ts';
import type { RunFailure, RunStore } from '../storage/types.ts';
import type { EngineIdentity } from '../terms/origin.ts';
import type { RunPhase, RunStatus } from '../terms/run.ts';
import { stageTitle } from '../terms/stages.ts';
import { worldOf } from '../world/index.ts';
import type { TrainingContext } from './context.ts';
import { continuationWarnings, engineOfRun, simdOfRun } from './continuation.ts';
import { estimateRun, measuredSpeed, pastSpeed, type Speed, speedKey } from './estimate.ts';
import { checkPins } from './pinned.ts';
import { runPipeline } from './pipeline.ts';
import { modelSpecs } from './rewardModel.ts';
import { RunControl, type Wish } from './runControl.ts';
import { findStart, recordStart } from './runStart.ts';
import { untrainedText } from './untrained.ts';
import { workOf } from './workloads.ts';

export type ControllerOptions = {
  store: RunStore;
  emit: (event: TrainEvent) => void;
  chooseEngine: (
    choice: Settings['engine'],
    spec: ModelSpec,
    options: ChooseOptions,
  ) => Promise<ChosenEngine>;
  /** What else there is to compute on; by default nobody looks. */
  deviceFacts?: () => Promise<DeviceFacts>;
  /** Gives the thread a turn for its messages. */
  yieldThread: () => Promise<void>;
  now: () => number;
  /** Wall-clock time as an ISO string, for records. */
  timestamp: () => string;
  /** Holds the run for this thread alone until the returned function is called; null when another one has it. */
  lock: (runId: string) => Promise<(() => void) | null>;
};

/** At most one run at a time; a second start is refused with `busy`. */
export class RunController {
  private active: { runId: string; control: RunControl; finished: Promise<void>; over: boolean } | null =
    null;
  private starting: Promise<{ runId: string }> | null = null;
  /** What was timed, by `speedKey`: it holds for other settings of such a model too. */
  private readonly timed = new Map<string, Speed>();

  constructor(private readonly options: ControllerOptions) {}

  /** Which engine a choice gives on this machine, with a model of the default size to measure. */
  async describeDevice(choice: string): Promise<DeviceReport> {
    const settings = validateSettings({ engine: choice });
    // Looked up meanwhile; a browser that fails at it still has its engine.
    const facts = this.options.deviceFacts?.().catch(() => null);
    const chosen = await this.choose(settings);
    const report = reportOf(chosen);
    chosen.engine.dispose();
    return { ...report, ...(await facts) };
  }

  /** How long a run would take here: from stored runs on the same device, or from a step that is timed now. */
  async estimate({ settings: given, engine: on, measure }: EstimateRequest): Promise<RunEstimate> {
    const settings = validateSettings(given);
    const key = speedKey(settings, on);
    const known = (await pastSpeed(this.options.store, settings, on)) ?? this.timed.get(key) ?? null;
    if (known || !measure) return estimateRun(settings, known);
    if (this.active || this.starting) {
      throw new PlaygroundError('busy', 'A run is in progress here.', 'Measure when it has ended.');
    }
    const { engine } = await this.choose(settings);
    try {
      const speed = await measuredSpeed(engine, modelSpecs(settings).policy);
      this.timed.set(key, speed);
      return estimateRun(settings, speed);
    } finally {
      engine.dispose();
    }
  }

  private choose(
    settings: Settings,
    wanted = settings.engine,
    wasmSimd = settings.wasm_simd,
  ): Promise<ChosenEngine> {
    const { gpu_kernels: gpuKernels, wasm_threads: wasmThreads } = settings;
    const options = { gpuKernels, wasmThreads, wasmSimd };
    return this.options.chooseEngine(wanted, modelSpecs(settings).policy, options);
  }

  /**
   * An engine with room for the largest batch of every stage; where `auto` took WebGPU and the adapter has none, it is `wasm`.
   * @throws PlaygroundError `out-of-memory` naming the batch and the settings that make it smaller.
   */
  private async chooseFitting(
    settings: Settings,
    wanted: Settings['engine'],
    simd: Settings['wasm_simd'],
  ): Promise<ChosenEngine> {
    const { models, work } = workOf(settings);
    const chosen = await this.choose(settings, wanted, simd);
    try {
      chosen.engine.requireRoom?.(models, work);
      return chosen;
    } catch (thrown) {
      chosen.engine.dispose();
      if (wanted !== 'auto' || chosen.engine.name === 'wasm') throw thrown;
      const instead = await this.chooseFitting(settings, 'wasm', simd);
      return { ...instead, reason: `The fused wasm engine, for WebGPU has no room. ${messageOf(thrown)}` };
    }
  }

  /** Begins a run (or goes on with a stored one) and returns its id at once; the rest comes as events. */
  async start(request: StartRequest): Promise<{ runId: string }> {
    // A run that has said its last word still tidies up.
    if (this.active?.over) await this.active.finished;
    if (this.active || this.starting) {
      throw new PlaygroundError('busy', 'A run is already in progress here.', 'Stop it first.');
    }
    this.starting = this.begin(request);
    try {
      return await this.starting;
    } finally {
      this.starting = null;
    }
  }

  pause(): Promise<void> {
    return this.tell('pause');
  }

  resume(): Promise<void> {
    return this.tell('run');
  }

  step(): Promise<void> {
    return this.tell('step');
  }

  /** Ends the stage of that name, if the run is in it. */
  async skip(stage: string): Promise<void> {
    await this.starting?.catch(() => undefined);
    this.active?.control.skip(stage);
  }

  /** Resolves when the run has written its checkpoint and ended. */
  async stop(): Promise<void> {
    await this.tell('stop');
    await this.active?.finished;
  }

  /** Resolves when the current run has ended, if there is one. */
  async finished(): Promise<void> {
    await this.active?.finished;
  }

  /** To the run that is there; one that is only just starting hears of it as soon as it has begun. */
  private async tell(wish: Wish): Promise<void> {
    await this.starting?.catch(() => undefined);
    this.active?.control.set(wish);
  }

  private async begin(request: StartRequest): Promise<{ runId: string }> {
    const { store, timestamp } = this.options;
    const start = await findStart(store, request, timestamp());
    const { runId, settings, resumed, origin } = start;
    const { pins = null } = request;
    if (pins) checkPins(pins, worldOf(settings));
    const before = resumed ?? origin?.run ?? null;
    const otherEngine =
      request.engine === undefined ? null : validateSettings({ engine: request.engine }).engine;
    const release = await this.options.lock(runId);
    if (!release) {
      throw new PlaygroundError(
        'busy',
        'This run is being trained in another tab.',
        'Go on there, or close that tab first.',
      );
    }
    let chosen: ChosenEngine | null = null;
    let takenOver: TrainEvent[] = [];
    try {
      const wanted = otherEngine ?? (before ? engineOfRun(before, settings) : settings.engine);
      const simd = before && otherEngine === null ? simdOfRun(before, settings) : settings.wasm_simd;
      chosen = await this.chooseFitting(settings, wanted, simd);
      // The choice is the run's then, and not one of the settings.
      if (otherEngine === null && wanted !== settings.engine) chosen = { ...chosen, reason: KEPT_ENGINE };
      takenOver = await recordStart(store, start, request, identityOf(chosen.engine), timestamp());
    } catch (error) {
      chosen?.engine.dispose();
      release();
      throw error;
    }
    const control = new RunControl(
      this.options.yieldThread,
      (paused) => this.announce(runId, paused ? 'paused' : 'running', ''),
      request.paused ? 'pause' : 'run',
    );
    const { reason } = reportOf(chosen);
    const warnings = before ? continuationWarnings(before, chosen.engine) : [];
    this.emitStatus(runId, 'running', [reason, ...warnings].join(' '));
    for (const event of takenOver) this.options.emit(event);
    const finished = this.train(runId, settings, chosen, control, before !== null, pins).finally(() => {
      release();
      this.active = null;
    });
    this.active = { runId, control, finished, over: false };
    return { runId };
  }

  private async train(
    runId: string,
    settings: Settings,
    chosen: ChosenEngine,
    control: RunControl,
    resume: boolean,
    pins: PinRequest | null,
  ): Promise<void> {
    const { store, now } = this.options;
    let stages: readonly PlannedStage[] = [];
    const emit = (event: TrainEvent) => {
      if (event.kind === 'progress') stages = event.stages;
      this.options.emit(event);
    };
    try {
      const context: TrainingContext = {
        runId,
        settings,
        world: worldOf(settings),
        engine: chosen.engine,
        store,
        control,
        emit,
        pins,
        now,
      };
      const result = await runPipeline(context, resume);
      await this.announce(
        runId,
        result,
        result === 'done'
          ? `All stages are done${skippedText(stages)}.${earlyText(stages)}${untrainedText(await store.readMetrics(runId))}`
          : 'Stopped; it can go on from its last checkpoint.',
      );
    } catch (thrown) {
      const error = asPlaygroundError(thrown);
      emit({ kind: 'error', runId, error: toWireError(error) });
      await this.announce(runId, 'failed', error.text, failureOf(error));
    } finally {
      chosen.engine.dispose();
    }
  }

  /** To the record and to the listeners; a store that fails here must not hide the message. */
  private async announce(
    runId: string,
    phase: RunPhase & RunStatus,
    message: string,
    failure?: RunFailure,
  ): Promise<void> {
    if (this.active && phase !== 'running' && phase !== 'paused') this.active.over = true;
    try {
      await this.options.store.updateRun(runId, { status: phase, message, ...(failure && { failure }) });
    } catch (thrown) {
      const error = asPlaygroundError(thrown);
      // A disk that ended the run for being full is too full for the record of it: that has been said.
      if (error.code !== failure?.code)
        this.options.emit({ kind: 'error', runId, error: toWireError(error) });
    }
    this.emitStatus(runId, phase, message);
  }

  private emitStatus(runId: string, phase: RunPhase, message: string): void {
    this.options.emit({ kind: 'status', runId, phase, message });
  }
}

/** Numbers that are none have no place in a record: files could not hold them. */
function failureOf({ code, details }: PlaygroundError): RunFailure {
  const kept = Object.entries(details).filter(
    ([, value]) => typeof value !== 'number' || Number.isFinite(value),
  );
  return { code, details: Object.fromEntries(kept) };
}

function reportOf(chosen: ChosenEngine): DeviceReport {
  const { engine, reason, measuredMs } = chosen;
  return { ...identityOf(engine), tier: engine.tier, reason, measuredMs };
}

function identityOf({ name, adapter, simd, threads }: Engine): EngineIdentity {
  return { backend: name, adapter, simd, threads };
}

const KEPT_ENGINE = 'Resumed on the same engine, so results match.';

/** `, but for stage1, which was ended after 12 iterations`; empty where nothing was skipped. */
function skippedText(stages: readonly PlannedStage[]): string {
  const ended = stages.filter(({ skipped }) => skipped);
  if (ended.length === 0) return '';
  return `, but for what was skipped: ${ended.map(({ name, iterations }) => `${name} after ${iterations} iterations`).join(', ')}`;
}

/** ` heads ended early at step 1500 of 2500.` as a sentence for each stage that stopped by itself. */
function earlyText(stages: readonly PlannedStage[]): string {
  return stages
    .flatMap(({ name, iterations, planned }) =>
      planned === undefined ? [] : [` ${stageTitle(name)} ended early at step ${iterations} of ${planned}.`],
    )
    .join('');
}
