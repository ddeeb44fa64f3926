// Writes a bundle or a weights file into a store, after everything in it was checked.

import type { BundleSource, ProgressListener } from './bundleExport.ts';
import { MAX_ID } from './bundleFormat.ts';
import type { BundleContents } from './bundleRead.ts';
import { StorageError } from './errors.ts';
import { ofFile, readRunBytes, readRunFile } from './incoming.ts';

/**
 * Imports a run out of a bundle, or one that holds nothing but the weights of a file; resolves to its id, a new one if its own is
 * taken. A file that is not perfect changes nothing; if the disk runs full on the way, what was written is removed.
 * @throws StorageError `bad-bundle`, `disk-full`, `storage-unavailable`. Messages on a file begin with its name.
 */
export async function importRun(
  store: BundleSource,
  file: Uint8Array | File,
  onProgress?: ProgressListener,
): Promise<string> {
  if (file instanceof Uint8Array) return importContents(store, readRunBytes(file), onProgress);
  try {
    return await importContents(store, await readRunFile(file), onProgress);
  } catch (error) {
    throw error instanceof StorageError ? ofFile(file.name, error) : error;
  }
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
  for (let copy = 2; await store.getRun(id); copy++) id = `${wanted.slice(0, MAX_ID - 6)}-${copy}`;
  return id;
}
