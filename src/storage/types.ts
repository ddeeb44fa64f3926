// The records that are kept: runs, metrics, samples (the replay buffer), heads, checkpoints, evaluations.

import type * as v from 'valibot';
import type { Json, MetricRow, RunRecord } from '../terms/run.ts';
import type { checkpointSchema, evaluationSchema, headsSchema } from './bundleFormat.ts';

export type { GroupPlace, Json, MetricRow, RunFailure, RunRecord } from '../terms/run.ts';

/**
 * Verdicts of one head on the samples of a batch. Classes are numbered in the order of the head's logits. `safety`: 0 safe with
 * refusal, 1 safe with warning, 2 safe without risk, 3 unsafe, 4 unnecessary refusal, 5 illogical completion. `value`: 0 bad,
 * 1 good. `knowledge`: 0 false, 1 true. `helpful`: 0 no, 1 yes.
 */
export type HeadVerdicts = {
  /** The most probable class per sample; 255 where the head was not asked, for the reward needed no word of it. */
  classes: Uint8Array;
  /** Probability of that class, 0..1; NaN where the head was not asked, or where the record is of before 0.2.0. */
  probabilities: Float32Array;
};

/** One rollout batch, columnar. `groups` prompts x `groupSize` samples; sample s belongs to group floor(s / groupSize). */
export type SampleBatch = {
  runId: string;
  /** Global step at which it was sampled; the key together with runId. */
  step: number;
  stage: string;
  policyVersion: number;
  groupSize: number;
  promptIds: readonly string[];
  labels: readonly string[];
  /** Prompt tokens per group, concatenated; group g spans promptOffsets[g]..promptOffsets[g + 1]. */
  promptTokens: Int32Array;
  promptOffsets: Int32Array;
  /** Response tokens per sample, concatenated; sample s spans offsets[s]..offsets[s + 1]. */
  responseTokens: Int32Array;
  offsets: Int32Array;
  /** Behaviour log-probs, one per response token. */
  oldLogProbs: Float32Array;
  /** Reward terms per sample: format, visual_focus, helpful, task, total, gold, ... */
  terms: { readonly [term: string]: Float32Array };
  /** By the head's name, what it said of every answer when it was sampled. A head is absent where nothing of it is stored. */
  headVerdicts: { readonly [head: string]: HeadVerdicts };
  /**
   * By the head's name, the class that the oracle gives to every sample, in the order of the head's classes; 255 where the oracle
   * has no say. For inspection only: nothing is trained on it.
   */
  oracleClasses: { readonly [head: string]: Uint8Array };
  /** 0 for samples that were not trained on. */
  advantages: Float32Array;
  /** Per group: 1 where dynamic sampling drew another prompt in its place, so that it was not trained on. Absent: none was. */
  discarded?: Uint8Array;
};

/** Small index row of one stored group, for replay and browsing without reading the batches. */
export type SampleIndexRow = {
  runId: string;
  step: number;
  group: number;
  stage: string;
  policyVersion: number;
  label: string;
  /** Largest |advantage| in the group. */
  maxAbsAdvantage: number;
  /** Sum of |advantage| over the group times the standard deviation of its total rewards (score of `group_heap`). */
  heapScore: number;
  /** Present where dynamic sampling drew another prompt in its place. */
  discarded?: true;
};

export type SampleQuery = {
  runId: string;
  stage?: string;
  label?: string;
  minStep?: number;
  maxStep?: number;
  minPolicyVersion?: number;
  minAbsAdvantage?: number;
  newestFirst?: boolean;
  limit?: number;
};

/** Trained reward heads: weights plus the report (accuracy, confusion, calibration). */
export type HeadsRecord = v.InferOutput<typeof headsSchema> & {
  tensors: { readonly [name: string]: NamedTensor };
};

export type NamedTensor = { shape: readonly number[]; data: Float32Array };

export type CheckpointManifest = v.InferOutput<typeof checkpointSchema>;

export type Checkpoint = {
  manifest: CheckpointManifest;
  tensors: { readonly [name: string]: NamedTensor };
};

export type EvaluationRecord = v.InferOutput<typeof evaluationSchema>;

/**
 * A plan whose runs wait for their turn: what the user decided on it. What became of its runs stands in their own records, under the ids that
 * `queuedRunId` gives.
 */
export type QueueRecord = {
  id: string;
  createdAt: string;
  /** `paused` has runs left that nobody begins. */
  status: 'running' | 'paused' | 'ended';
  /** Why it is paused, for a person; else empty. */
  message: string;
  /** As it stands in a plan file. */
  plan: Json;
  /** Stored run that its runs begin from; null where the plan trains them whole. */
  baseRunId: string | null;
  /** The part of the plan that is run here, from 1; absent where that is all of it. */
  share?: { readonly index: number; readonly count: number };
  /** Runs of the plan that were moved before the others. */
  order: readonly string[];
  /** Runs of the plan that were cancelled. */
  dropped: readonly string[];
  /** By run of the plan: why it could not begin. */
  failures: { readonly [run: string]: string };
  /** By run of the plan: its time from begin to end, where nothing interrupted it. */
  wallMs: { readonly [run: string]: number };
};

export type StorageEstimate = { usageBytes: number; quotaBytes: number; persisted: boolean };

/** Everything that the pipeline keeps. Implemented over IndexedDB (store.worker) and in memory (Node, tests). */
export interface RunStore {
  createRun(run: RunRecord): Promise<void>;
  getRun(runId: string): Promise<RunRecord | null>;
  listRuns(): Promise<RunRecord[]>;
  updateRun(runId: string, patch: Partial<Omit<RunRecord, 'id'>>): Promise<void>;
  deleteRun(runId: string): Promise<void>;

  /** Rows of a step that is already stored replace it (a resumed run writes the same rows again). */
  appendMetrics(runId: string, rows: readonly MetricRow[]): Promise<void>;
  readMetrics(runId: string): Promise<MetricRow[]>;

  /** Puts (or replaces) the batch of (runId, step). */
  putSamples(batch: SampleBatch): Promise<void>;
  getSamples(runId: string, step: number): Promise<SampleBatch | null>;
  sampleIndex(query: SampleQuery): Promise<SampleIndexRow[]>;

  putHeads(heads: HeadsRecord): Promise<void>;
  getHeads(runId: string): Promise<HeadsRecord | null>;

  /** Chunks first, manifest last, strict durability: a checkpoint is whole or absent. */
  putCheckpoint(checkpoint: Checkpoint): Promise<void>;
  listCheckpoints(runId: string): Promise<CheckpointManifest[]>;
  getCheckpoint(runId: string, id: string): Promise<Checkpoint | null>;
  /** The newest whole checkpoint by step and by the place where it goes on (stage-end wins a tie), or null. */
  latestCheckpoint(runId: string): Promise<Checkpoint | null>;

  putEvaluation(evaluation: EvaluationRecord): Promise<void>;
  listEvaluations(runId: string): Promise<EvaluationRecord[]>;

  /** The whole run as one zip: manifest.json, config.json, metrics.csv, evaluation.json, heads, checkpoints and samples as safetensors/JSON. */
  exportBundle(runId: string): Promise<Uint8Array>;
  /** Validates everything first, then writes under a new id if the id is taken; resolves to the id. */
  importBundle(bytes: Uint8Array): Promise<string>;

  estimate(): Promise<StorageEstimate>;
}
