// A whole run as one zip (layout: bundleFormat.ts). The same stored run gives the same bytes.

import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BundleManifest,
  checkpointFolder,
  nameInFile,
  PATHS,
  type SamplesEntry,
  samplesPath,
} from './bundleFormat.ts';
import { PromptTexts } from './bundlePrompts.ts';
import { crc32 } from './crc32.ts';
import { runNotFound } from './errors.ts';
import { encodeJson } from './json.ts';
import { metricsToCsv } from './metricsCsv.ts';
import { encodeSafetensors, type TensorData, type Tensors } from './safetensors.ts';
import type { RunRecord, RunStore, SampleBatch } from './types.ts';
import { BUNDLE_LIMITS, writeZip } from './zip.ts';

/** Sample arrays beyond this are left out, oldest first; the manifest says how many batches there were. */
const MAX_SAMPLE_BYTES = 64 * 1048576;
/** Room for the three files that come after the samples. */
const MAX_FILES = BUNDLE_LIMITS.maxFiles - 3;

/** Called as work goes on; it may throw to give it up. */
export type ProgressListener = (what: string, done: number, total: number) => void;

export type BundleSource = Omit<RunStore, 'exportBundle' | 'importBundle'>;

/**
 * The bundle of a run.
 * @throws StorageError `not-found` if there is no such run.
 */
export async function exportRun(
  store: BundleSource,
  runId: string,
  maxSampleBytes = MAX_SAMPLE_BYTES,
  onProgress: ProgressListener = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const stored = await store.getRun(runId);
  if (!stored) throw runNotFound(runId);
  // Whether it lies in the trash is a matter of this browser.
  const { trashedAt: _, ...rest } = stored;
  const run = { ...rest, name: nameInFile(stored.name) };
  const files = new Map<string, Uint8Array>();
  files.set(PATHS.config, encodeJson(run));
  files.set(PATHS.metrics, new TextEncoder().encode(metricsToCsv(await store.readMetrics(runId))));
  files.set(PATHS.evaluation, encodeJson(await store.listEvaluations(runId)));
  const hasHeads = await addHeads(store, runId, files);
  const checkpoints = await addCheckpoints(store, runId, files, onProgress);
  const samples = await addSamples(store, run, files, maxSampleBytes, onProgress);
  const manifest: BundleManifest = {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    runId,
    runName: run.name,
    codeVersion: run.code.version,
    checkpoints,
    hasHeads,
    samples,
    files: Object.fromEntries(
      [...files].map(([path, bytes]) => [path, { bytes: bytes.length, crc32: crc32(bytes) }]),
    ),
  };
  return writeZip(new Map([[PATHS.manifest, encodeJson(manifest)], ...files]));
}

async function addHeads(
  store: BundleSource,
  runId: string,
  files: Map<string, Uint8Array>,
): Promise<boolean> {
  const heads = await store.getHeads(runId);
  if (!heads) return false;
  const { tensors, ...description } = heads;
  files.set(PATHS.headsJson, encodeJson(description));
  files.set(PATHS.headsTensors, encodeSafetensors(tensors));
  return true;
}

async function addCheckpoints(
  store: BundleSource,
  runId: string,
  files: Map<string, Uint8Array>,
  onProgress: ProgressListener,
): Promise<string[]> {
  const ids: string[] = [];
  const manifests = await store.listCheckpoints(runId);
  for (const [index, { id }] of manifests.entries()) {
    onProgress('checkpoints', index, manifests.length);
    const checkpoint = await store.getCheckpoint(runId, id);
    if (!checkpoint) continue;
    ids.push(id);
    files.set(`${checkpointFolder(id)}/manifest.json`, encodeJson(checkpoint.manifest));
    files.set(`${checkpointFolder(id)}/weights.safetensors`, encodeSafetensors(checkpoint.tensors));
  }
  return ids;
}

async function addSamples(
  store: BundleSource,
  run: RunRecord,
  files: Map<string, Uint8Array>,
  maxBytes: number,
  onProgress: ProgressListener,
): Promise<{ stored: number; included: number }> {
  const runId = run.id;
  const rows = await store.sampleIndex({ runId, newestFirst: true });
  const steps = [...new Set(rows.map(({ step }) => step))];
  const entries: SamplesEntry[] = [];
  const prompts = new PromptTexts();
  let total = 0;
  for (const [index, step] of steps.entries()) {
    onProgress('samples', index, steps.length);
    const batch = await store.getSamples(runId, step);
    if (!batch) continue;
    const bytes = encodeSafetensors(batchTensors(batch));
    total += bytes.length;
    if (total > maxBytes || files.size >= MAX_FILES) break;
    files.set(samplesPath(step), bytes);
    entries.push(describeBatch(batch));
    prompts.add(batch);
  }
  files.set(PATHS.samplesIndex, encodeJson(entries.reverse()));
  if (entries.length > 0) files.set(PATHS.samplesPrompts, encodeJson(await prompts.file(run)));
  return { stored: steps.length, included: entries.length };
}

function describeBatch(batch: SampleBatch): SamplesEntry {
  const { step, stage, policyVersion, groupSize, promptIds, labels, terms } = batch;
  const names = {
    promptIds: [...promptIds],
    labels: [...labels],
    terms: Object.keys(terms),
    heads: Object.keys(batch.headVerdicts),
    oracle: Object.keys(batch.oracleClasses),
  };
  return { step, stage, policyVersion, groupSize, ...names };
}

function batchTensors(batch: SampleBatch): Tensors {
  const { promptTokens, promptOffsets, responseTokens, offsets, oldLogProbs } = batch;
  const { headVerdicts, oracleClasses, advantages, discarded } = batch;
  const named = (prefix: string, columns: { readonly [name: string]: TensorData }) =>
    Object.entries(columns).map(([name, data]): [string, TensorData] => [`${prefix}/${name}`, data]);
  const arrays: [string, TensorData][] = [
    ...Object.entries({ promptTokens, promptOffsets, responseTokens, offsets, oldLogProbs }),
    ...Object.entries({ advantages, ...(discarded && { discarded }) }),
    ...named('terms', batch.terms),
    ...Object.entries(headVerdicts).flatMap(([head, columns]) => named(`verdicts/${head}`, columns)),
    ...named('oracle', oracleClasses),
  ];
  return Object.fromEntries(arrays.map(([name, data]) => [name, { shape: [data.length], data }]));
}
