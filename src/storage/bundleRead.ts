// Reads a run bundle into memory and checks all of it; touches no store.

import * as v from 'valibot';
import {
  BUNDLE_VERSION,
  type BundleManifest,
  checkpointFolder,
  checkpointSchema,
  evaluationSchema,
  headSchema,
  headsSchema,
  manifestSchema,
  PATHS,
  runSchema,
  type SamplesEntry,
  samplesIndexSchema,
  samplesPath,
} from './bundleFormat.ts';
import { crc32 } from './crc32.ts';
import { badBundle, noManifest, StorageError } from './errors.ts';
import { decodeJson } from './json.ts';
import { metricsFromCsv } from './metricsCsv.ts';
import { currentBatch } from './olderRecords.ts';
import { decodeSafetensors, finiteFloats, type NamedTensors, type Tensors } from './safetensors.ts';
import { checkBatch } from './samples.ts';
import type {
  Checkpoint,
  EvaluationRecord,
  HeadsRecord,
  MetricRow,
  RunRecord,
  SampleBatch,
} from './types.ts';
import { readZip } from './zip.ts';

type Files = ReadonlyMap<string, Uint8Array>;

/** All that a bundle holds; records still carry the id that the run had where it was exported. */
export type BundleContents = {
  run: RunRecord;
  metrics: MetricRow[];
  evaluations: EvaluationRecord[];
  heads: HeadsRecord | null;
  checkpoints: Checkpoint[];
  samples: SampleBatch[];
};

/**
 * The contents of a bundle, completely validated.
 * @throws StorageError `bad-bundle` with one sentence for anything damaged, foreign or too new.
 */
export function readBundle(zip: Uint8Array): BundleContents {
  try {
    const files = ownFiles(readZip(zip));
    const manifest = readManifest(files);
    const run: RunRecord = readJson(files, PATHS.config, runSchema);
    if (run.id !== manifest.runId)
      throw badBundle('The bundle is damaged: config.json belongs to another run.');
    const metrics = metricsFromCsv(
      new TextDecoder('utf-8', { fatal: true }).decode(need(files, PATHS.metrics)),
    );
    const evaluations = readJson(files, PATHS.evaluation, v.array(evaluationSchema));
    const heads = manifest.hasHeads ? readHeads(files) : null;
    const checkpoints = manifest.checkpoints.map((id) => readCheckpoint(files, id));
    const entries = readJson(files, PATHS.samplesIndex, samplesIndexSchema);
    const samples = entries.map((entry) => readSamples(files, run.id, entry));
    return { run, metrics, evaluations, heads, checkpoints, samples };
  } catch (error) {
    if (error instanceof StorageError && error.code === 'bad-bundle') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw badBundle(`The bundle is damaged: ${reason.replace(/\.$/, '')}.`);
  }
}

/** What systems put into a zip of their own accord. */
const FOREIGN = /(^|\/)(__MACOSX\/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

/** The paths of a bundle by those in its zip: what lies in one folder, as every system's "Compress" makes it, is the same bundle. */
export function bundlePaths(paths: readonly string[]): ReadonlyMap<string, string> {
  const own = paths.filter((path) => !FOREIGN.test(path));
  const folder = /^[^/]*\//.exec(own[0] ?? '')?.[0] ?? '';
  const inFolder = own.includes(folder + PATHS.manifest) && own.every((path) => path.startsWith(folder));
  return new Map(own.map((path) => [inFolder ? path.slice(folder.length) : path, path]));
}

/** @throws StorageError `bad-bundle` */
function ownFiles(files: Files): Files {
  const own = bundlePaths([...files.keys()]);
  return new Map([...own].map(([path, inZip]) => [path, need(files, inZip)]));
}

function need(files: Files, path: string): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw badBundle(`The bundle is damaged: "${path}" is missing.`);
  return bytes;
}

function parseJson(files: Files, path: string): unknown {
  try {
    return decodeJson(need(files, path));
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw badBundle(`The bundle is damaged: "${path}" is no JSON.`);
  }
}

function readJson<Schema extends v.GenericSchema>(
  files: Files,
  path: string,
  schema: Schema,
): v.InferOutput<Schema> {
  return check(parseJson(files, path), path, schema);
}

function check<Schema extends v.GenericSchema>(
  value: unknown,
  path: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = v.getDotPath(issue);
  throw badBundle(
    `The bundle is damaged: "${path}" is not valid${at ? ` at ${at}` : ''} (${issue.message}).`,
  );
}

function readManifest(files: Files): BundleManifest {
  if (!files.has(PATHS.manifest)) throw noManifest();
  const raw = parseJson(files, PATHS.manifest);
  const head = v.safeParse(headSchema, raw);
  if (!head.success)
    throw badBundle('This zip file is no run of this playground: its manifest.json is of another kind.');
  if (head.output.version > BUNDLE_VERSION) {
    throw new StorageError(
      'bad-bundle',
      `This bundle has version ${head.output.version}, but this page reads versions up to ${BUNDLE_VERSION}.`,
      'Nothing was changed: reload the page to get the newest program, then import again.',
    );
  }
  const manifest = check(raw, PATHS.manifest, manifestSchema);
  for (const [path, { bytes: size, crc32: sum }] of Object.entries(manifest.files)) {
    const bytes = need(files, path);
    if (bytes.length !== size || crc32(bytes) !== sum) {
      throw badBundle(`The bundle is damaged: "${path}" is not the file that its manifest describes.`);
    }
  }
  return manifest;
}

function readHeads(files: Files): HeadsRecord {
  const description = readJson(files, PATHS.headsJson, headsSchema);
  return { ...description, tensors: readFloats(files, PATHS.headsTensors) };
}

function readCheckpoint(files: Files, id: string): Checkpoint {
  const folder = checkpointFolder(id);
  const manifest = readJson(files, `${folder}/manifest.json`, checkpointSchema);
  if (manifest.id !== id) throw badBundle(`The bundle is damaged: "${folder}" holds another checkpoint.`);
  return { manifest, tensors: readFloats(files, `${folder}/weights.safetensors`) };
}

function readFloats(files: Files, path: string): NamedTensors {
  const what = `"${path}"`;
  return finiteFloats(decodeSafetensors(need(files, path), what), what);
}

function readSamples(files: Files, runId: string, entry: SamplesEntry): SampleBatch {
  const path = samplesPath(entry.step);
  const tensors = decodeSafetensors(need(files, path), `"${path}"`);
  const { terms, heads, oracle, ...description } = entry;
  const floats = (name: string) => arrayOf(tensors, 'F32', name, path);
  const ints = (name: string) => arrayOf(tensors, 'I32', name, path);
  const bytesOf = (name: string) => arrayOf(tensors, 'U8', name, path);
  const columns = <T>(names: readonly string[], read: (name: string) => T) =>
    Object.fromEntries(names.map((name) => [name, read(name)]));
  const verdicts =
    heads && oracle
      ? {
          headVerdicts: columns(heads, (head) => ({
            classes: bytesOf(`verdicts/${head}/classes`),
            probabilities: floats(`verdicts/${head}/probabilities`),
          })),
          oracleClasses: columns(oracle, (head) => bytesOf(`oracle/${head}`)),
        }
      : {
          verdicts: bytesOf('verdicts'),
          oracleVerdicts: bytesOf('oracleVerdicts'),
        };
  const batch = currentBatch({
    runId,
    ...description,
    promptTokens: ints('promptTokens'),
    promptOffsets: ints('promptOffsets'),
    responseTokens: ints('responseTokens'),
    offsets: ints('offsets'),
    oldLogProbs: floats('oldLogProbs'),
    terms: columns(terms, (name) => floats(`terms/${name}`)),
    ...verdicts,
    advantages: floats('advantages'),
    ...(Object.hasOwn(tensors, 'discarded') ? { discarded: bytesOf('discarded') } : {}),
  });
  checkBatch(batch);
  return batch;
}

const ARRAYS = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/** The data of a tensor of this type. @throws StorageError `bad-bundle` */
function arrayOf<Type extends keyof typeof ARRAYS>(
  tensors: Tensors,
  type: Type,
  name: string,
  path: string,
): InstanceType<(typeof ARRAYS)[Type]> {
  const data = Object.hasOwn(tensors, name) ? tensors[name].data : null;
  if (data instanceof ARRAYS[type]) return data as InstanceType<(typeof ARRAYS)[Type]>;
  throw badBundle(`The bundle is damaged: "${path}" holds no tensor "${name}" of type ${type}.`);
}
