// The run bundle: which files it holds and what each JSON file must look like.
//
// manifest.json                      format, version, size and CRC-32 of every other file
// config.json                        the run: settings, seed, preset, code version, status
// metrics.csv                        one line per step
// evaluation.json                    all evaluations
// heads/heads.{json,safetensors}     reward heads, if trained
// checkpoints/<id>/manifest.json     and weights.safetensors, for each checkpoint
// samples/index.json                 one entry per rollout batch, newest batches up to a size limit
// samples/prompts.json               words and pictures of their prompts, for readers; nothing is read back from it
// samples/<step>.safetensors         the arrays of the batch (SampleBatch in types.ts) under their names; reward terms are called
//                                    terms/<name>, verdicts verdicts/<head>/{classes,probabilities} and oracle/<head>; `discarded`
//                                    may be absent
//
// Version 1 held two arrays in the place of the verdicts: `verdicts` and `oracleVerdicts`, classes of `safety`, 255 for none.

import * as v from 'valibot';
import { BACKBONES, type Backbone, type ModelSize, SIZES } from '../terms/model.ts';
import { evaluationReportSchema, headsReportSchema } from '../terms/reports.ts';
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
  samplesPrompts: 'samples/prompts.json',
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
/** A moment, as `Date` writes it. */
export const timeSchema = v.pipe(
  v.string(),
  v.maxLength(100),
  v.check((text) => Number.isFinite(Date.parse(text)), 'Expected a date'),
);
/** Longest id and name of a run: those that go out are cut to it, those that come in are held to it. */
export const MAX_ID = 200;
const MAX_NAME = 1000;
export const idSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ID));
export const nameSchema = v.pipe(v.string(), v.maxLength(MAX_NAME));

/** The name of a run as files hold it. */
export function nameInFile(name: string): string {
  return name.slice(0, MAX_NAME);
}

/** Deeper values are no settings, and whoever walks through them runs out of stack. */
const MAX_DEPTH = 32;
const json = v.custom<Json>((value) => isJson(value, MAX_DEPTH), 'Expected a JSON value');
export const settingsSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'Expected settings by name'),
  v.record(v.string(), json),
);

function isJson(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return depth > 0 && Object.values(value).every((each) => isJson(each, depth - 1));
}

/** A value of its own schema, for records that keep JSON of any age. */
const checkedJson = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    schema,
    v.transform((value) => value as Json),
  );

/** What the layout of the parameters follows from; the rest of the description follows from it in turn. */
export const modelSchema = v.object({
  backbone: v.picklist(Object.keys(BACKBONES) as Backbone[]),
  size: v.picklist(Object.keys(SIZES) as ModelSize[]),
  imageSizePx: count,
  vocabularySize: count,
  outputs: v.object({ lm: v.boolean(), classes: count, value: v.boolean() }),
});

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
  id: idSchema,
  name: nameSchema,
  createdAt: timeSchema,
  updatedAt: timeSchema,
  status: v.picklist(RUN_STATUSES),
  settings: settingsSchema,
  seed: count,
  preset: v.string(),
  code: codeSchema,
  engine: engineSchema,
  message: v.string(),
  // Absent in older bundles, and unless the run failed.
  failure: v.optional(
    v.object({
      code: v.string(),
      details: v.record(v.string(), v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()])),
    }),
  ),
  // Absent in runs that were trained whole, and in bundles of before it was kept.
  fork: v.optional(v.object({ runId: v.string(), stage: v.string() })),
  // Absent in bundles of before there were any, and where nothing is pinned.
  pins: v.optional(v.array(v.object({ step: count, group: count }))),
  // Absent in bundles of before runs had tags.
  tags: v.optional(v.array(v.string())),
});

/** Runs in bundles of version 1 hold `device` and `codeVersion`, both text, in the place of `engine` and `code`. */
export const runSchema = v.pipe(v.unknown(), v.transform(withOrigin), currentRunSchema);

/** `stage`: after which it was made, e.g. `sft`, `stage1`, `stage2`. */
export const evaluationSchema = v.object({
  runId: v.string(),
  stage: v.string(),
  step: count,
  report: checkedJson(evaluationReportSchema),
});

export const headsSchema = v.object({
  runId: v.string(),
  step: count,
  report: checkedJson(headsReportSchema),
  config: checkedJson(modelSchema),
});

export const checkpointSchema = v.object({
  id: v.string(),
  runId: v.string(),
  createdAt: timeSchema,
  /** Global step after which it was taken. */
  step: count,
  /** Index of the stage in the plan, its name, and the next iteration to do inside it. */
  stageIndex: count,
  stage: v.string(),
  nextIteration: count,
  policyVersion: count,
  /** `stage-end` checkpoints are kept for good; `rolling` ones are thinned (the two newest stay). */
  kind: v.picklist(['rolling', 'stage-end']),
  /** Anything else that exact resume needs. */
  state: checkedJson(
    v.object({
      /** Updates that each model's optimiser has made. */
      optimizerSteps: v.record(v.string(), count),
      guardStrikes: count,
      /** Iterations of the stages that the user ended early. */
      skipped: v.optional(v.record(v.string(), count)),
      /** Iterations of the stages that stopped early by themselves. */
      earlyStops: v.optional(v.record(v.string(), count)),
      /** In the stage of the heads: mean accuracy and iteration of the best measurement so far, whose weights are `best.NAME`. */
      bestHeads: v.optional(v.object({ accuracy: v.number(), iteration: count })),
    }),
  ),
  /** Model description; weights of another shape are refused. */
  model: checkedJson(modelSchema),
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
