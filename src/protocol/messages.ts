// The messages between the page and the train worker: one control interface, one union of events.

import type { WireError } from '../base/errors.ts';
import type { Settings } from '../config/index.ts';
import type { AdapterReport } from '../terms/engines.ts';
import type { HeadReport } from '../terms/heads.ts';
import type { EngineIdentity } from '../terms/origin.ts';
import type { Fork, MetricRow, RunPhase } from '../terms/run.ts';
import type { StageEvaluation, Suite, SuiteScore } from '../terms/suites.ts';

/** What the engine runs on, for the device card. */
export type DeviceReport = EngineIdentity & {
  tier: 'fused' | 'eager';
  /** Why this one was chosen, one sentence. */
  reason: string;
  /** Milliseconds of the start measurement per candidate (empty when none was made). */
  measuredMs: { readonly [candidate: string]: number };
  /** The WebGPU adapter, used or not; absent where nobody looked. */
  gpu?: AdapterReport | 'no-webgpu' | 'no-adapter';
  /** The engines that can be chosen by name; `lacks`: what this browser has not, or null where it can. */
  engines?: readonly { name: string; lacks: string | null }[];
};

/**
 * A stage of the plan; one that was ended early has only the iterations that it did: the user skipped the rest, or it stopped by itself
 * before those planned.
 */
export type PlannedStage = { name: string; iterations: number; skipped?: true; planned?: number };

export type ProgressEvent = {
  kind: 'progress';
  runId: string;
  stage: string;
  /** Position in the stage plan, and the plan itself with the number of iterations of each stage. */
  stageIndex: number;
  stages: readonly PlannedStage[];
  iteration: number;
  iterations: number;
  /** Work of the stage outside its iterations, while it lasts: what, and how far, e.g. `sampling` 64 of 512 responses. */
  preparing?: { what: string; done: number; total: number };
  step: number;
  /** A checkpoint holds this very place. */
  kept?: true;
  elapsedMs: number;
  stageRemainingMs: number | null;
  runRemainingMs: number | null;
  /** Only after an iteration in which the thread stood still (the computer slept): for how long, about. */
  awayMs?: number;
};

export type MetricsEvent = { kind: 'metrics'; runId: string; rows: readonly MetricRow[] };

/** One sample of the latest group, as the inspector shows it. */
export type SampleView = {
  response: readonly string[];
  logProbs: readonly number[];
  /** Reward terms with weights applied nowhere; `total` is what is trained on. */
  terms: { readonly [term: string]: number };
  /**
   * Verdict of a head on the answer, as judged when it was sampled: `head: class`, and the probability of that class (null where
   * an older record does not hold it). Null where no head was asked, `not stored` where an older record says nothing of it.
   */
  verdict: { name: string; probability: number | null } | 'not stored' | null;
  /** The oracle's class for the same head, in the same form; its safety verdict where no head applies. */
  oracleVerdict: string;
  advantage: number;
};

/** What is shown of a prompt besides its words. */
export type PromptFacts = {
  label: string;
  family: string;
  attack: string | null;
  reference: readonly string[];
  /** Truth for the user's eyes; hidden from the model. */
  harmful: boolean;
  image: PictureView | null;
};

/** Row-major pixels, three bytes each. */
export type PictureView = { sizePx: number; rgb: Uint8Array };

export type GroupEvent = {
  kind: 'group';
  runId: string;
  step: number;
  /** Its place in the stored batch of this step. */
  group: number;
  stage: string;
  promptId: string;
  prompt: readonly string[];
  samples: readonly SampleView[];
} & PromptFacts;

/** What the oracle says of a response. */
export type OracleView = {
  verdict: string;
  format: boolean;
  helpful: boolean;
  correct: number | null;
  valueGood: boolean | null;
};

/** What the policy in training is asked again and again; nothing of it is stored. */
export type PinRequest = {
  /** Ids of prompts whose greedy answers are told in full. */
  prompts: readonly string[];
  /** Suites of which the first prompts are answered and scored besides, as in a test. */
  suites: readonly Suite[];
  /** Prompts of each of these suites. */
  samples: number;
  /** Iterations from one time to the next; more where the answers would take over a tenth of the time. */
  every: number;
};

export type PinnedAnswer = { promptId: string; response: readonly string[]; oracle: OracleView };

/** The answers of the policy as it is after `step`. */
export type PinnedEvent = {
  kind: 'pinned';
  runId: string;
  stage: string;
  step: number;
  answers: readonly PinnedAnswer[];
  scores: readonly SuiteScore[];
};

export type EvaluationEvent = { kind: 'evaluation'; runId: string } & StageEvaluation;

export type HeadsEvent = { kind: 'heads'; runId: string; step: number; reports: readonly HeadReport[] };

export type StatusEvent = { kind: 'status'; runId: string; phase: RunPhase; message: string };

export type ErrorEvent = { kind: 'error'; runId: string; error: WireError };

export type TrainEvent =
  | ProgressEvent
  | MetricsEvent
  | GroupEvent
  | EvaluationEvent
  | PinnedEvent
  | HeadsEvent
  | StatusEvent
  | ErrorEvent;

export type StartRequest = {
  settings: Settings;
  preset: string;
  name?: string;
  /** Of the new run; one that is stored already is refused. */
  runId?: string;
  /** Given to begin after a stage of a stored run; the settings that the stages before read must be the same. */
  fork?: Fork;
  /** Given to go on with a stored run from its newest checkpoint; its stored settings are used. */
  resumeRunId?: string;
  /** Given to go on with another engine than the run was on: its numbers are then alike, but not bit for bit. */
  engine?: string;
  /** Begins paused. */
  paused?: boolean;
  /** What the policy is asked while it trains; of no consequence for the run. Refused where a prompt does not exist. */
  pins?: PinRequest;
  /** A program drives the run and goes on with it itself; the page leaves it alone after a crash. */
  driven?: boolean;
};

/** How long a run will take, stage by stage; null where nothing was measured. */
export type RunEstimate = {
  stages: readonly { name: string; iterations: number; ms: number | null }[];
  totalMs: number | null;
  /** Where the figures come from, a sentence. */
  basis: string;
};

export type EstimateRequest = {
  settings: Settings;
  /** To find runs that were made on the same. */
  engine: EngineIdentity;
  /** Times one training step of this very model where no run tells. */
  measure: boolean;
};

/**
 * What can be asked of the run in training. Declared here alone: the train worker forwards these to its controller, the page calls them
 * on the worker, and `window.cosmo` offers them to programs.
 */
export interface RunCommands {
  describeDevice(engineChoice: string): Promise<DeviceReport>;
  /** Resolves once the run has begun, to its id. */
  start(request: StartRequest): Promise<{ runId: string }>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Runs exactly one iteration, then pauses. */
  step(): Promise<void>;
  /** Stops after the iteration in progress, with a checkpoint. */
  stop(): Promise<void>;
  /** Ends the stage of that name after the iteration in progress, if the run is in it, and goes on with the next. */
  skip(stage: string): Promise<void>;
}

/** Control of the train worker, through comlink. */
export interface TrainControl extends RunCommands {
  /** Hands over the port of the store and the port that events go out on (batches: TrainEvent[] at most 10 a second). */
  connect(storePort: MessagePort, eventPort: MessagePort): Promise<void>;
  /** @throws `busy` where a step shall be measured while a run is in training. */
  estimate(request: EstimateRequest): Promise<RunEstimate>;
}
