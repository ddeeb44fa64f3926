// The weights of a policy as one safetensors file, and such a file as a run of its own: one checkpoint and nothing else.

import * as v from 'valibot';
import { describeModel, type ModelConfig } from '../terms/model.ts';
import {
  idSchema,
  MAX_ID,
  modelSchema,
  nameInFile,
  nameSchema,
  settingsSchema,
  timeSchema,
} from './bundleFormat.ts';
import type { BundleContents } from './bundleRead.ts';
import { badBundle } from './errors.ts';
import { codeSchema, engineSchema, withOrigin } from './originSchema.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  finiteFloats,
  metadataOf,
  type NamedTensors,
} from './safetensors.ts';
import { sha256 } from './sha256.ts';
import type { Checkpoint, CheckpointManifest, Json, NamedTensor, RunRecord } from './types.ts';

const FORMAT = 'cosmo-policy';
const HEADS_FORMAT = 'cosmo-heads';
/** How messages call it. */
export const WEIGHTS_FILE = 'The weights file';
/** Version 1 held `device` and `codeVersion`, both text, in the place of `engine` and `code`. */
const VERSION = '2';

/** Prefix of the policy among the tensors of a checkpoint, and those of its optimiser's moments, which begin with it too. */
const POLICY = 'policy.';
const MOMENTS = ['policy.first.', 'policy.second.'] as const;

/** What a checkpoint holds besides weights where an optimiser begins anew. */
const FRESH_STATE = { optimizerSteps: { policy: 0 }, guardStrikes: 0 } as const;

/** The policy of a checkpoint alone, under its own names. */
export function encodeWeights(run: RunRecord, { manifest, tensors }: Checkpoint): Uint8Array<ArrayBuffer> {
  const policy = Object.entries(tensors).flatMap(([name, tensor]): [string, NamedTensor][] =>
    name.startsWith(POLICY) && !MOMENTS.some((prefix) => name.startsWith(prefix))
      ? [[name.slice(POLICY.length), tensor]]
      : [],
  );
  return encodePolicy(run, manifest, Object.fromEntries(policy));
}

function modelOf({ model, stage }: TrainedAt): ModelConfig {
  const read = v.safeParse(modelSchema, model);
  if (read.success) return read.output;
  throw badBundle(`The checkpoint after ${stage} does not say which model it is of.`);
}

/** Where weights come from: the run that trained them. */
export type Origin = Omit<RunRecord, 'updatedAt' | 'status' | 'message'>;
export type TrainedAt = Omit<CheckpointManifest, 'id' | 'runId' | 'nextIteration' | 'kind' | 'state'>;

/**
 * A policy file (docs/FORMATS.md): tensors by name, and in the metadata all that is needed to run the model and to train on.
 * @param half stores F16, rounded to nearest even.
 */
export function encodePolicy(
  run: Origin,
  manifest: TrainedAt,
  tensors: { readonly [name: string]: NamedTensor },
  half = false,
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(tensors, {
    half,
    metadata: {
      format: FORMAT,
      version: VERSION,
      run: run.id,
      name: nameInFile(run.name),
      createdAt: manifest.createdAt,
      preset: run.preset,
      seed: String(run.seed),
      code: JSON.stringify(run.code),
      engine: JSON.stringify(run.engine),
      stage: manifest.stage,
      stageIndex: String(manifest.stageIndex),
      step: String(manifest.step),
      policyVersion: String(manifest.policyVersion),
      config: JSON.stringify(describeModel(modelOf(manifest))),
      settings: JSON.stringify(run.settings),
    },
  });
}

/**
 * A file of reward heads (docs/FORMATS.md): one trunk and all classifiers side by side.
 * @param heads names of the classes of each head, in the order of the logits.
 */
export function encodeHeads(
  config: ModelConfig,
  heads: { readonly [head: string]: readonly string[] },
  tensors: { readonly [name: string]: NamedTensor },
  half = false,
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(tensors, {
    half,
    metadata: {
      format: HEADS_FORMAT,
      version: '1',
      config: JSON.stringify(describeModel(config)),
      heads: JSON.stringify(heads),
    },
  });
}

const count = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}$/),
  v.transform((digits) => Number(digits)),
);
/** Values of safetensors metadata are strings; the origin of older files has been read when this is applied. */
const jsonOr = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.union([v.pipe(v.string(), v.parseJson(), schema), schema]);
const metadataSchema = v.object({
  run: idSchema,
  name: nameSchema,
  createdAt: timeSchema,
  preset: v.string(),
  seed: count,
  code: jsonOr(codeSchema),
  engine: jsonOr(engineSchema),
  stage: v.pipe(v.string(), v.minLength(1)),
  stageIndex: count,
  step: count,
  policyVersion: count,
  config: v.optional(v.pipe(v.string(), v.parseJson(), modelSchema)),
  // In files of before 0.2.0, in place of the whole description.
  model: v.optional(v.pipe(v.string(), v.parseJson(), modelSchema)),
  settings: v.pipe(v.string(), v.parseJson(), settingsSchema),
});

/** The metadata of a policy file, by its head. @throws StorageError `bad-bundle` for a file of another kind or too new. */
export function checkKind(head: Uint8Array): { readonly [key: string]: unknown } {
  const raw = metadataOf(head, WEIGHTS_FILE);
  if (raw.format === HEADS_FORMAT)
    throw badBundle('This safetensors file holds reward heads, which come in with the bundle of their run.');
  if (raw.format !== FORMAT)
    throw badBundle('This safetensors file holds no policy that was saved by this playground.');
  if (raw.version !== '1' && raw.version !== VERSION)
    throw badBundle(
      `This weights file has version ${raw.version}, but this page reads versions up to ${VERSION}.`,
    );
  return raw;
}

/**
 * A run that holds the weights as its only checkpoint: it can be asked, evaluated, and begun from; it has no curves, samples and heads.
 * @throws StorageError `bad-bundle` with one sentence for a file that is damaged, of another kind or too new.
 */
export function readWeights(file: Uint8Array): BundleContents {
  const checked = v.safeParse(metadataSchema, withOrigin(checkKind(file)), { abortEarly: true });
  if (!checked.success) {
    const [issue] = checked.issues;
    throw badBundle(`The weights file is damaged: "${v.getDotPath(issue)}" is not valid (${issue.message}).`);
  }
  const { run: source, name, config, model = config, settings, ...rest } = checked.output;
  if (!model) throw badBundle('The weights file is damaged: "config" is missing.');
  const { stage, stageIndex, step, policyVersion, ...origin } = rest;
  const { createdAt } = origin;
  const id = `weights-${source}-${stage}-${sha256(file).slice(0, 8)}`.slice(0, MAX_ID);
  const trained = { createdAt, stage, stageIndex, step, policyVersion, model: model as Json };
  return {
    run: {
      id,
      name: `${name || `${origin.preset}, seed ${origin.seed}`}: weights after ${stage}`,
      ...origin,
      updatedAt: createdAt,
      status: 'done',
      settings,
      message: `Weights after ${stage}, read from a file: curves, samples and reward heads are not in it.`,
    },
    metrics: [],
    evaluations: [],
    heads: null,
    samples: [],
    checkpoints: [stageEnd(id, trained, policyOf(file))],
  };
}

function policyOf(file: Uint8Array): NamedTensors {
  const tensors = finiteFloats(decodeSafetensors(file, WEIGHTS_FILE), WEIGHTS_FILE);
  if (Object.keys(tensors).length === 0) throw badBundle(`${WEIGHTS_FILE} holds no tensors.`);
  return tensors;
}

/**
 * The checkpoint of the end of a stage, of which nothing but the policy is kept, under its own names. The moments are 0, which loses
 * nothing: every stage begins with fresh ones.
 */
export function stageEnd(
  runId: string,
  trained: TrainedAt,
  policy: { readonly [name: string]: NamedTensor },
): Checkpoint {
  const id = `stage-end-${String(trained.step).padStart(8, '0')}-${trained.stage}`;
  const tensors = Object.entries(policy).flatMap(([name, tensor]): [string, NamedTensor][] => [
    [POLICY + name, tensor],
    ...MOMENTS.map((prefix): [string, NamedTensor] => [
      prefix + name,
      { shape: tensor.shape, data: new Float32Array(tensor.data.length) },
    ]),
  ]);
  return {
    manifest: { id, runId, ...trained, nextIteration: 0, kind: 'stage-end', state: FRESH_STATE },
    tensors: Object.fromEntries(tensors),
  };
}
