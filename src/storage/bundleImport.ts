// Writes a bundle or a weights file into a store, after everything in it was checked.

import type { BundleSource, ProgressListener } from './bundleExport.ts';
import { type BundleContents, readBundle } from './bundleRead.ts';
import { looksLikeSafetensors, readWeights } from './weightsFile.ts';

/**
 * Imports a run out of a bundle, or one that holds nothing but the weights of a file; resolves to its id, a new one if its own is
 * taken. A file that is not perfect changes nothing; if the disk runs full on the way, what was written is removed.
 * @throws StorageError `bad-bundle`, `disk-full`, `storage-unavailable`.
 */
export async function importRun(
  store: BundleSource,
  file: Uint8Array,
  onProgress?: ProgressListener,
): Promise<string> {
  const contents = looksLikeSafetensors(file) ? readWeights(file) : readBundle(file);
  return importContents(store, contents, onProgress);
}

/** The same for what was read from a bundle. */
export async function importContents(
  store: BundleSource,
  contents: BundleContents,
  onProgress: ProgressListener = () => undefined,
): Promise<string> {
  const runId = await freeId(store, contents.run.id);
  await store.createRun({
    ...contents.run,
    id: runId,
    status: 'failed',
    message: 'The import of this run did not end: delete it and import the file again.',
  });
  try {
    await writeContents(store, runId, contents, onProgress);
  } catch (error) {
    await store.deleteRun(runId).catch(() => undefined);
    throw error;
  }
  return runId;
}

async function writeContents(
  store: BundleSource,
  runId: string,
  contents: BundleContents,
  onProgress: ProgressListener,
): Promise<void> {
  const { run, metrics, evaluations, heads, checkpoints, samples } = contents;
  await store.appendMetrics(runId, metrics);
  for (const evaluation of evaluations) await store.putEvaluation({ ...evaluation, runId });
  if (heads) await store.putHeads({ ...heads, runId });
  const total = samples.length + checkpoints.length;
  for (const [index, batch] of samples.entries()) {
    onProgress('samples', index, total);
    await store.putSamples({ ...batch, runId });
  }
  for (const [index, { manifest, tensors }] of checkpoints.entries()) {
    onProgress('checkpoints', samples.length + index, total);
    await store.putCheckpoint({ manifest: { ...manifest, runId }, tensors });
  }
  // A run that was running elsewhere is not running here.
  const status = run.status === 'running' ? 'stopped' : run.status;
  await store.updateRun(runId, { status, message: run.message, updatedAt: run.updatedAt });
}

async function freeId(store: BundleSource, wanted: string): Promise<string> {
  let id = wanted;
  for (let copy = 2; await store.getRun(id); copy++) id = `${wanted}-${copy}`;
  return id;
}
