// What the training loop is given: settings, world, engine, store, and its ways to speak and to be steered.

import type { Settings } from '../config/index.ts';
import type { Engine, EngineModel } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import type { PinRequest, TrainEvent } from '../protocol/messages.ts';
import type { RunStore } from '../storage/types.ts';
import type { World } from '../world/index.ts';
import type { BestHeads } from './earlyStop.ts';
import type { SequenceEncoder } from './sequences.ts';

export type Answer = 'go' | 'stop' | 'skip';

/** How the loop is steered from outside. Both give the thread a turn for its messages. */
export interface TrainingControl {
  /**
   * Asked before every iteration of a stage: resolves when it may begin, or to `stop`, or to `skip` the rest of the stage.
   * `onRest` is called once where the run is paused here for more than a moment, as it is not between steps in a row.
   */
  beforeIteration(stage: string, onRest?: () => Promise<void>): Promise<Answer>;
  /**
   * Asked in the midst of long work: resolves when it may go on, or to what the control would say. Does not count as an iteration for
   * `step`. Without a stage there is nothing to skip.
   */
  pausePoint(stage: string | null): Promise<Answer>;
}

/** Called between the parts of long work, with how far it is; after `stop` the work is given up. */
export type Between = (what: string, done: number, total: number) => Promise<'go' | 'stop'>;

/** Everything a stage needs; made once per run. */
export type TrainingContext = {
  runId: string;
  settings: Settings;
  world: World;
  engine: Engine;
  store: RunStore;
  control: TrainingControl;
  emit: (event: TrainEvent) => void;
  /** What the policy is asked while it trains; absent where nobody asks. */
  pins?: PinRequest | null;
  /** Milliseconds from any origin; only for progress and throughput, never for results. */
  now: () => number;
};

/** A model of the run with the weights that its seed gives. */
export function makeModel({ engine, settings }: TrainingContext, spec: ModelSpec): Promise<EngineModel> {
  return engine.createModel(spec, settings.seed);
}

/** Iterations done of stages that did not come to the end of their plan. */
export type EndedStages = { readonly [stage: string]: number };

/** The models of a run, and the counters that exact resume needs. */
export type RunState = {
  policy: EngineModel;
  /** From prompts and responses to what the policy and the reward model read. */
  encoder: SequenceEncoder;
  /** The trunk with the four reward heads; null before the stage that fits them. */
  rewardModel: EngineModel | null;
  rewardSpec: ModelSpec;
  /** Policy at the start of the RL stage, the anchor of `kl`; null outside RL. */
  reference: EngineModel | null;
  /** Iterations done over the whole run. */
  step: number;
  /** Updates of the policy in RL, one an iteration: age of replayed samples is counted in these. */
  policyVersion: number;
  /** Consecutive iterations outside the guard's bounds. */
  guardStrikes: number;
  /** Weight of the safety cost; moves only with `safety_cost`, and goes on over the stages. */
  multiplier: number;
  /** By the user. */
  skipped: EndedStages;
  /** By themselves, for they no longer improved. */
  earlyStops: EndedStages;
  /** Null outside the stage of the heads, and where the last weights are kept. */
  bestHeads: BestHeads | null;
};
