// The run bundle: which files it holds and what each JSON file must look like.
//
// manifest.json                      format, version, size and CRC-32 of every other file
// config.json                        the run: settings, seed, preset, code version, status
// metrics.csv                        one line per step
// evaluation.json                    all evaluations
// heads/heads.{json,safetensors}     reward heads, if trained
// checkpoints/<id>/manifest.json     and weights.safetensors, for each checkpoint
// samples/index.json                 one entry per rollout batch, newest batches up to a size limit
// samples/<step>.safetensors         the arrays of the batch (SampleBatch in types.ts) under their names; reward terms are called
//                                    terms/<name>, verdicts verdicts/<head>/{classes,probabilities} and oracle/<head>; `discarded`
//                                    may be absent
//
// Version 1 held two arrays in the place of the verdicts: `verdicts` and `oracleVerdicts`, classes of `safety`, 255 for none.

import * as v from 'valibot';
import { type Json, RUN_STATUSES } from '../terms/run.ts';
import { codeSchema, engineSchema, withOrigin } from './originSchema.ts';

export const BUNDLE_FORMAT = 'cosmo-run-bundle';
export const BUNDLE_VERSION = 2;

/** Paths inside the zip. */
export const PATHS = {
  manifest: 'manifest.json',
  config: 'config.json',
  metrics: 'metrics.csv',
  evaluation: 'evaluation.json',
  headsJson: 'heads/heads.json',
  headsTensors: 'heads/heads.safetensors',
  samplesIndex: 'samples/index.json',
} as const;

/** Folder of a checkpoint; an id cannot lead out of the bundle. */
export function checkpointFolder(id: string): string {
  return `checkpoints/${encodeURIComponent(id).replaceAll('.', '%2E')}`;
}

/** Path of the arrays of a rollout batch. */
export function samplesPath(step: number): string {
  return `samples/${String(step).padStart(6, '0')}.safetensors`;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** What a JSON parser gives is JSON. */
const json = v.custom<Json>((value) => value !== undefined, 'Expected a JSON value');

export const headSchema = v.object({ format: v.literal(BUNDLE_FORMAT), version: count });

export const manifestSchema = v.object({
  format: v.literal(BUNDLE_FORMAT),
  version: v.picklist([1, BUNDLE_VERSION]),
  runId: v.string(),
  runName: v.string(),
  codeVersion: v.string(),
  checkpoints: v.array(v.string()),
  hasHeads: v.boolean(),
  samples: v.object({ stored: count, included: count }),
  files: v.record(v.string(), v.object({ bytes: count, crc32: count })),
});
export type BundleManifest = v.InferOutput<typeof manifestSchema>;

const currentRunSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  name: v.string(),
  createdAt: v.string(),
  updatedAt: v.string(),
  status: v.picklist(RUN_STATUSES),
  settings: v.record(v.string(), json),
  seed: v.number(),
  preset: v.string(),
  code: codeSchema,
  engine: engineSchema,
  message: v.string(),
  // Absent in older bundles, and unless the run failed.
  failure: v.optional(
    v.object({
      code: v.pipe(v.string(), v.maxLength(100)),
      details: v.record(v.string(), v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()])),
    }),
  ),
  // Absent in bundles of before there were any, and where nothing is pinned.
  pins: v.optional(v.pipe(v.array(v.object({ step: count, group: count })), v.maxLength(10_000))),
  // Absent in bundles of before runs had tags.
  tags: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))), v.maxLength(100))),
});

/** Runs in bundles of version 1 hold `device` and `codeVersion`, both text, in the place of `engine` and `code`. */
export const runSchema = v.pipe(v.unknown(), v.transform(withOrigin), currentRunSchema);

/** `stage`: after which it was made, e.g. `sft`, `stage1`, `stage2`. */
export const evaluationSchema = v.object({ runId: v.string(), stage: v.string(), step: count, report: json });

export const headsSchema = v.object({ runId: v.string(), step: count, report: json, config: json });

export const checkpointSchema = v.object({
  id: v.string(),
  runId: v.string(),
  createdAt: v.string(),
  /** Global step after which it was taken. */
  step: count,
  /** Index of the stage in the plan, its name, and the next iteration to do inside it. */
  stageIndex: count,
  stage: v.string(),
  nextIteration: count,
  policyVersion: count,
  /** `stage-end` checkpoints are kept for good; `rolling` ones are thinned (the two newest stay). */
  kind: v.picklist(['rolling', 'stage-end']),
  /** Anything else that exact resume needs (optimiser step, dynamic-sampling state, schedule state ...). */
  state: json,
  /** Model description; weights of another shape are refused. */
  model: json,
});

export const samplesIndexSchema = v.array(
  v.object({
    step: count,
    stage: v.string(),
    policyVersion: count,
    groupSize: count,
    promptIds: v.array(v.string()),
    labels: v.array(v.string()),
    terms: v.array(v.string()),
    // Names of the heads whose verdicts are there, and of those that the oracle has classes of; absent in version 1.
    heads: v.optional(v.array(v.string())),
    oracle: v.optional(v.array(v.string())),
  }),
);
export type SamplesEntry = v.InferOutput<typeof samplesIndexSchema>[number];
